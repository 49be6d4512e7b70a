// Bouncy Castle's lightweight API: the three curves, Streebog, GOST R 34.11-94 with the test S-box. Speaks the line
// protocol of ../src/protocol.rs itself.
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cryptopro.ECGOST3410NamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.GOST3411Digest;
import org.bouncycastle.crypto.digests.GOST3411_2012_256Digest;
import org.bouncycastle.crypto.digests.GOST3411_2012_512Digest;
import org.bouncycastle.crypto.engines.GOST28147Engine;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECGOST3410_2012Signer;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

public final class BouncyCastle {
    private static final HexFormat HEX = HexFormat.of();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

    /** Keys and signatures that a measured loop goes round; see protocol.c. */
    private static final int POOL = 16;

    /** A library's refusal of its input, as opposed to a failure. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final class Unsupported extends Exception {
        private static final long serialVersionUID = 1;
    }

    private record Curve(int bytes, ECDomainParameters domain) {
        static Curve named(String oid, int bytes) {
            X9ECParameters numbers = ECGOST3410NamedCurves.getByOIDX9(new ASN1ObjectIdentifier(oid));
            return new Curve(bytes, new ECDomainParameters(numbers.getCurve(), numbers.getG(), numbers.getN(), numbers.getH()));
        }
    }

    private static final Map<String, Curve> CURVES = Map.of(
            "crypto-pro-A", Curve.named("1.2.643.2.2.35.1", 32),
            "tc26-256-A", Curve.named("1.2.643.7.1.2.1.1.1", 32),
            "tc26-512-A", Curve.named("1.2.643.7.1.2.1.2.1", 64));

    /** What signs and verifies with one key; only `verifier` in a public key. */
    private record Key(Curve curve, ECPoint point, ECGOST3410_2012Signer signer, ECGOST3410_2012Signer verifier) {
        static Key pair(Curve curve, BigInteger d) throws Refused {
            ECPrivateKeyParameters numbers;
            try {
                numbers = new ECPrivateKeyParameters(d, curve.domain());
            } catch (IllegalArgumentException outOfRange) {
                throw new Refused();
            }
            ECPoint point = new FixedPointCombMultiplier().multiply(curve.domain().getG(), d).normalize();
            ECGOST3410_2012Signer signer = new ECGOST3410_2012Signer();
            signer.init(true, new ParametersWithRandom(numbers, RANDOM));
            return new Key(curve, point, signer, of(curve, point).verifier());
        }

        static Key random(Curve curve) throws Refused {
            return pair(curve, new BigInteger(curve.domain().getN().bitLength() - 1, RANDOM));
        }

        static Key of(Curve curve, ECPoint point) throws Refused {
            ECGOST3410_2012Signer verifier = new ECGOST3410_2012Signer();
            try {
                verifier.init(false, new ECPublicKeyParameters(point, curve.domain()));
            } catch (IllegalArgumentException noKey) {
                throw new Refused();
            }
            return new Key(curve, point, null, verifier);
        }

        static Key at(Curve curve, byte[] xy) throws Refused {
            try {
                int n = curve.bytes();
                return of(curve, curve.domain().getCurve().createPoint(number(xy, 0, n), number(xy, n, n)));
            } catch (IllegalArgumentException outOfRange) {
                throw new Refused();
            }
        }

        byte[] sign(byte[] digest) {
            BigInteger[] numbers = signer.generateSignature(digest);
            byte[] out = new byte[2 * curve.bytes()];
            writeNumber(numbers[0], out, 0, curve.bytes());
            writeNumber(numbers[1], out, curve.bytes(), curve.bytes());
            return out;
        }

        boolean verify(byte[] digest, byte[] signature) {
            int n = curve.bytes();
            return verifier.verifySignature(digest, number(signature, 0, n), number(signature, n, n));
        }
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in), 1 << 16);
        PrintStream replies = new PrintStream(System.out, true);
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            String reply;
            try {
                reply = answer(line.split(" "));
            } catch (Refused refused) {
                reply = "refused";
            } catch (Unsupported unsupported) {
                reply = "unsupported";
            } catch (RuntimeException error) {
                reply = "error " + error;
            }
            replies.println(reply);
        }
    }

    private static String answer(String[] words) throws Refused, Unsupported {
        switch (words[0]) {
            case "about":
                return "about " + new BouncyCastleProvider().getInfo() + " on Java " + System.getProperty("java.version");
            case "bench":
                return "nanoseconds " + bench(words[1], words[2], Long.parseLong(words[3]));
            case "hash":
                byte[] message = words.length == 3 ? HEX.parseHex(words[2]) : new byte[0];
                return "value " + HEX.formatHex(hash(function(words[1]), message));
            case "public":
                ECPoint point = privateKey(words).point();
                int n = curve(words[1]).bytes();
                byte[] xy = new byte[2 * n];
                writeNumber(point.getAffineXCoord().toBigInteger(), xy, 0, n);
                writeNumber(point.getAffineYCoord().toBigInteger(), xy, n, n);
                return "value " + HEX.formatHex(xy);
            case "sign":
                return "value " + HEX.formatHex(privateKey(words).sign(HEX.parseHex(words[3])));
            case "verify":
                try {
                    Key key = Key.at(curve(words[1]), HEX.parseHex(words[2]));
                    return key.verify(HEX.parseHex(words[3]), HEX.parseHex(words[4])) ? "yes" : "no";
                } catch (Refused noKey) {
                    return "no";
                }
            default:
                return "error the request is malformed";
        }
    }

    private static Key privateKey(String[] words) throws Refused, Unsupported {
        Curve curve = curve(words[1]);
        return Key.pair(curve, number(HEX.parseHex(words[2]), 0, curve.bytes()));
    }

    private static Curve curve(String name) throws Unsupported {
        Curve curve = CURVES.get(name);
        if (curve == null) {
            throw new Unsupported();
        }
        return curve;
    }

    private static Digest function(String name) throws Unsupported {
        switch (name) {
            case "gost34311":
                return new GOST3411Digest(GOST28147Engine.getSBox("D-Test"));
            case "streebog-256":
                return new GOST3411_2012_256Digest();
            case "streebog-512":
                return new GOST3411_2012_512Digest();
            default:
                throw new Unsupported();
        }
    }

    private static byte[] hash(Digest function, byte[] message) {
        byte[] out = new byte[function.getDigestSize()];
        function.update(message, 0, message.length);
        function.doFinal(out, 0);
        return out;
    }

    /** Nanoseconds of this thread per operation; the compiler's threads are not counted. */
    private static double bench(String operation, String subject, long iterations) throws Refused, Unsupported {
        Runnable work = operation.equals("hash") ? hashWork(subject) : keyWork(operation, curve(subject));
        long start = CLOCK.getCurrentThreadCpuTime();
        for (long i = 0; i < iterations; i++) {
            work.run();
        }
        return (double) (CLOCK.getCurrentThreadCpuTime() - start) / iterations;
    }

    private static Runnable hashWork(String subject) throws Unsupported {
        String[] parts = subject.split("/");
        Digest function = function(parts[0]);
        byte[] message = new byte[Integer.parseInt(parts[1])];
        RANDOM.nextBytes(message);
        return () -> hash(function, message);
    }

    private static Runnable keyWork(String operation, Curve curve) throws Refused, Unsupported {
        Key[] keys = new Key[POOL];
        byte[][] digests = new byte[POOL][curve.bytes()];
        byte[][] signatures = new byte[POOL][];
        for (int i = 0; i < POOL; i++) {
            keys[i] = Key.random(curve);
            RANDOM.nextBytes(digests[i]);
            signatures[i] = keys[i].sign(digests[i]);
        }
        int[] next = {0};
        switch (operation) {
            case "sign":
                return () -> {
                    int i = next[0]++ % POOL;
                    digests[i][0]++;
                    signatures[i] = keys[0].sign(digests[i]);
                };
            case "verify":
                return () -> {
                    int i = next[0]++ % POOL;
                    if (!keys[i].verify(digests[i], signatures[i])) {
                        throw new IllegalStateException("the library refuses what it made itself");
                    }
                };
            case "key":
                return () -> {
                    try {
                        keys[next[0]++ % POOL] = Key.random(curve);
                    } catch (Refused impossible) {
                        throw new IllegalStateException(impossible);
                    }
                };
            default:
                throw new Unsupported();
        }
    }

    private static BigInteger number(byte[] bytes, int from, int length) {
        byte[] turned = new byte[length];
        for (int i = 0; i < length; i++) {
            turned[i] = bytes[from + length - 1 - i];
        }
        return new BigInteger(1, turned);
    }

    private static void writeNumber(BigInteger number, byte[] out, int from, int length) {
        Arrays.fill(out, from, from + length, (byte) 0);
        byte[] bytes = number.toByteArray();
        for (int i = 0; i < length && i < bytes.length; i++) {
            out[from + i] = bytes[bytes.length - 1 - i];
        }
    }
}
