// Whole formats: CMS, PDF, JWS and XML signatures, judged with Bouncy Castle's ASN.1 and primitives and, for XML, with Apache
// Santuario. One question a line, bytes in hex; answered `yes`, `no`, or `error` when the form itself is wrong:
//
//   cms MESSAGE CONTENT|- SIGNERS REFERENCES STAMPS    - for a content inside; numbers are what must be found
//   pdf FILE SIGNATURES STAMPS
//   jws TOKEN CERTIFICATE
//   xml DOCUMENT SIGNATURES [NAME...]                  local names of attributes that identify
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;

import org.apache.xml.security.Init;
import org.apache.xml.security.algorithms.JCEMapper;
import org.apache.xml.security.algorithms.SignatureAlgorithm;
import org.apache.xml.security.algorithms.SignatureAlgorithmSpi;
import org.apache.xml.security.signature.XMLSignature;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.cryptopro.ECGOST3410NamedCurves;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.GOST3411Digest;
import org.bouncycastle.crypto.digests.GOST3411_2012_256Digest;
import org.bouncycastle.crypto.digests.GOST3411_2012_512Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.GOST28147Engine;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECGOST3410_2012Signer;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.helpers.DefaultHandler;

public final class Formats {
    private static final HexFormat HEX = HexFormat.of();
    private static final String NATIONAL = "1.2.398.3.10.1.";
    private static final String XML_MORE = "http://www.w3.org/2001/04/xmldsig-more#";
    private static final String XML_NATIONAL = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:";
    private static final String DSIG = "http://www.w3.org/2000/09/xmldsig#";
    private static final String WSSE =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

    private static final String SIGNED_DATA = "1.2.840.113549.1.7.2";
    private static final String DATA = "1.2.840.113549.1.7.1";
    private static final String TST_INFO = "1.2.840.113549.1.9.16.1.4";
    private static final String CONTENT_TYPE = "1.2.840.113549.1.9.3";
    private static final String MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
    private static final String SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
    private static final String SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
    private static final String TIME_STAMP = "1.2.840.113549.1.9.16.2.14";

    /** What is signed is well formed and the signature does not hold. */
    private static final class DoesNotHold extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** The form is wrong. */
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String what) {
            super(what);
        }
    }

    /** Hash functions, by the identifiers that messages give them. */
    private enum Hash {
        GOST_34311(NATIONAL + "3.1") {
            Digest start() {
                return new GOST3411Digest(GOST28147Engine.getSBox("D-Test"));
            }
        },
        STREEBOG_256(NATIONAL + "3.2") {
            Digest start() {
                return new GOST3411_2012_256Digest();
            }
        },
        STREEBOG_512(NATIONAL + "3.3") {
            Digest start() {
                return new GOST3411_2012_512Digest();
            }
        },
        SHA_256("2.16.840.1.101.3.4.2.1") {
            Digest start() {
                return new SHA256Digest();
            }
        },
        SHA_1("1.3.14.3.2.26") {
            Digest start() {
                return new SHA1Digest();
            }
        };

        final String oid;

        Hash(String oid) {
            this.oid = oid;
        }

        abstract Digest start();

        byte[] of(byte[] message) {
            Digest digest = start();
            digest.update(message, 0, message.length);
            byte[] out = new byte[digest.getDigestSize()];
            digest.doFinal(out, 0);
            return out;
        }

        static Hash named(String oid) throws Malformed {
            for (Hash hash : values()) {
                if (hash.oid.equals(oid)) {
                    return hash;
                }
            }
            throw new Malformed("digest " + oid);
        }
    }

    /** Schemes: identifiers of key and signature, digest, curve as Bouncy Castle calls it, names in XML and in tokens. */
    private enum Scheme {
        GOST_2004(NATIONAL + "1.1.1", NATIONAL + "1.1.2", Hash.GOST_34311, "1.2.643.2.2.35.1",
                XML_MORE + "gost34310-gost34311", "GG2004"),
        GOST_2015_256(NATIONAL + "1.2.1", NATIONAL + "1.2.3.1", Hash.STREEBOG_256, "1.2.643.7.1.2.1.1.1",
                XML_NATIONAL + "gostr34102015-gostr34112015-256", null),
        GOST_2015_512(NATIONAL + "1.2.2", NATIONAL + "1.2.3.2", Hash.STREEBOG_512, "1.2.643.7.1.2.1.2.1",
                XML_NATIONAL + "gostr34102015-gostr34112015-512", "GG2015"),
        RSA_SHA256("1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11", Hash.SHA_256, null,
                XML_MORE + "rsa-sha256", "RS256");

        final String key;
        final String signature;
        final Hash hash;
        final String curve;
        final String xml;
        final String jws;

        Scheme(String key, String signature, Hash hash, String curve, String xml, String jws) {
            this.key = key;
            this.signature = signature;
            this.hash = hash;
            this.curve = curve;
            this.xml = xml;
            this.jws = jws;
        }

        /** By the identifier of a CMS signature: that of the signature or, in the native form, that of the key. */
        static Scheme named(String oid) throws Malformed {
            for (Scheme scheme : values()) {
                if (scheme.signature.equals(oid) || scheme.key.equals(oid)) {
                    return scheme;
                }
            }
            throw new Malformed("signature algorithm " + oid);
        }

        boolean holds(SubjectPublicKeyInfo key, byte[] message, byte[] value)
                throws IOException, GeneralSecurityException, Malformed {
            require(key.getAlgorithm().getAlgorithm().getId().equals(this.key), "a key of another kind than " + this);
            if (curve == null) {
                Signature verifier = Signature.getInstance("SHA256withRSA");
                verifier.initVerify(rsaKey(key));
                verifier.update(message);
                return verifier.verify(value);
            }
            X9ECParameters numbers = ECGOST3410NamedCurves.getByOIDX9(new ASN1ObjectIdentifier(curve));
            ECDomainParameters domain = new ECDomainParameters(
                    numbers.getCurve(), numbers.getG(), numbers.getN(), numbers.getH());
            int n = (numbers.getCurve().getFieldSize() + 7) / 8;
            byte[] xy = ASN1OctetString.getInstance(key.getPublicKeyData().getOctets()).getOctets();
            require(xy.length == 2 * n && value.length == 2 * n, "a key or a signature of another length");
            ECGOST3410_2012Signer verifier = new ECGOST3410_2012Signer();
            verifier.init(false, new ECPublicKeyParameters(
                    numbers.getCurve().createPoint(number(xy, 0, n), number(xy, n, n)), domain));
            return verifier.verifySignature(hash.of(message), number(value, 0, n), number(value, n, n));
        }
    }

    /** Numbers found in a message, to be compared with those that must be there. */
    private static final class Found {
        int signers;
        int references;
        int stamps;
    }

    public static void main(String[] arguments) throws Exception {
        startSantuario();
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in), 1 << 16);
        PrintStream answers = new PrintStream(System.out, true);
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String answer;
            try {
                answer = answer(line.split(" "));
            } catch (DoesNotHold no) {
                answer = "no";
            } catch (Exception error) {
                answer = "error " + error.toString().replaceAll("\\s+", " ");
            }
            answers.println(answer);
        }
    }

    private static String answer(String[] words) throws Exception {
        switch (words[0]) {
            case "about":
                return "about " + new BouncyCastleProvider().getInfo() + " and Apache Santuario";
            case "cms": {
                byte[] content = words[2].equals("-") ? null : HEX.parseHex(words[2]);
                Found found = checkMessage(HEX.parseHex(words[1]), content, DATA);
                requireCount("signers", found.signers, words[3]);
                requireCount("references to certificates", found.references, words[4]);
                requireCount("time stamps", found.stamps, words[5]);
                return "yes";
            }
            case "jws":
                checkToken(new String(HEX.parseHex(words[1]), StandardCharsets.US_ASCII), HEX.parseHex(words[2]));
                return "yes";
            case "pdf": {
                Found found = checkDocument(HEX.parseHex(words[1]));
                requireCount("signatures", found.signers, words[2]);
                requireCount("references to certificates", found.references, words[2]);
                requireCount("time stamps", found.stamps, words[3]);
                return "yes";
            }
            case "xml":
                Set<String> names = Set.copyOf(Arrays.asList(words).subList(3, words.length));
                requireCount("signatures", checkXml(HEX.parseHex(words[1]), names), words[2]);
                return "yes";
            default:
                return "error the question is malformed";
        }
    }

    private static void require(boolean holds, String otherwise) throws Malformed {
        if (!holds) {
            throw new Malformed(otherwise);
        }
    }

    private static void requireCount(String what, int found, String expected) throws Malformed {
        require(found == Integer.parseInt(expected), found + " " + what + ", not " + expected);
    }

    // CMS: RFC 5652 section 5.

    /** `content` is null when it is inside. */
    private static Found checkMessage(byte[] message, byte[] content, String type) throws Exception {
        ASN1Primitive whole = ASN1Primitive.fromByteArray(message);
        require(Arrays.equals(whole.getEncoded(ASN1Encoding.DER), message), "the message is not DER");
        ASN1Sequence contentInfo = ASN1Sequence.getInstance(whole);
        requireOid(contentInfo.getObjectAt(0), SIGNED_DATA);
        ASN1Sequence signedData = ASN1Sequence.getInstance(
                ASN1TaggedObject.getInstance(contentInfo.getObjectAt(1)), true);
        ASN1Set digests = ASN1Set.getInstance(signedData.getObjectAt(1));
        ASN1Sequence encapsulated = ASN1Sequence.getInstance(signedData.getObjectAt(2));
        requireOid(encapsulated.getObjectAt(0), type);
        require((encapsulated.size() == 1) == (content != null), "a content inside and outside, or nowhere");
        if (content == null) {
            content = ASN1OctetString.getInstance(
                    ASN1TaggedObject.getInstance(encapsulated.getObjectAt(1)), true).getOctets();
        }
        List<Certificate> certificates = new ArrayList<>();
        ASN1Set signers = ASN1Set.getInstance(signedData.getObjectAt(signedData.size() - 1));
        for (int i = 3; i < signedData.size() - 1; i++) {
            ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(signedData.getObjectAt(i));
            if (tagged.getTagNo() == 0) {
                for (ASN1Encodable one : ASN1Set.getInstance(tagged, false)) {
                    certificates.add(Certificate.getInstance(one));
                }
            }
        }
        Found found = new Found();
        for (ASN1Encodable signer : signers) {
            checkSigner(ASN1Sequence.getInstance(signer), digests, certificates, content, type, found);
        }
        return found;
    }

    private static void checkSigner(ASN1Sequence info, ASN1Set digests, List<Certificate> certificates, byte[] content,
            String type, Found found) throws Exception {
        Certificate certificate = signerOf(info, certificates);
        Hash hash = Hash.named(algorithm(info.getObjectAt(2)));
        Scheme scheme = Scheme.named(algorithm(info.getObjectAt(4)));
        require(hash == scheme.hash, "a digest of another scheme");
        boolean listed = false;
        for (ASN1Encodable digest : digests) {
            listed |= algorithm(digest).equals(hash.oid);
        }
        require(listed, "digestAlgorithms lack that of a signer");

        ASN1Set signed = ASN1Set.getInstance(ASN1TaggedObject.getInstance(info.getObjectAt(3)), false);
        Map<String, ASN1Set> attributes = attributes(signed);
        requireOid(single(attributes, CONTENT_TYPE), type);
        byte[] digest = ASN1OctetString.getInstance(single(attributes, MESSAGE_DIGEST)).getOctets();
        byte[] value = ASN1OctetString.getInstance(info.getObjectAt(5)).getOctets();
        boolean digestHolds = Arrays.equals(digest, hash.of(content));
        boolean valueHolds = scheme.holds(
                certificate.getSubjectPublicKeyInfo(), signed.getEncoded(ASN1Encoding.DER), value);
        if (!digestHolds || !valueHolds) {
            throw new DoesNotHold();
        }
        found.signers++;
        found.references += checkReference(attributes, SIGNING_CERTIFICATE_V2, Hash.SHA_256, certificate);
        found.references += checkReference(attributes, SIGNING_CERTIFICATE, Hash.SHA_1, certificate);
        if (info.size() == 7) {
            ASN1Set unsigned = ASN1Set.getInstance(ASN1TaggedObject.getInstance(info.getObjectAt(6)), false);
            ASN1Set tokens = attributes(unsigned).get(TIME_STAMP);
            if (tokens != null) {
                for (ASN1Encodable token : tokens) {
                    checkStamp(token.toASN1Primitive(), value);
                    found.stamps++;
                }
            }
        }
    }

    /** A token over a signature value: RFC 3161 section 2.4.2, with one signer. */
    private static void checkStamp(ASN1Primitive token, byte[] stamped) throws Exception {
        Found found = checkMessage(token.getEncoded(), null, TST_INFO);
        require(found.signers == 1 && found.references == 1, "a time stamp with other than one signer");
        ASN1Sequence signedData = ASN1Sequence.getInstance(
                ASN1TaggedObject.getInstance(ASN1Sequence.getInstance(token).getObjectAt(1)), true);
        ASN1Sequence encapsulated = ASN1Sequence.getInstance(signedData.getObjectAt(2));
        ASN1Sequence info = ASN1Sequence.getInstance(ASN1OctetString.getInstance(
                ASN1TaggedObject.getInstance(encapsulated.getObjectAt(1)), true).getOctets());
        ASN1Sequence imprint = ASN1Sequence.getInstance(info.getObjectAt(2));
        byte[] digest = ASN1OctetString.getInstance(imprint.getObjectAt(1)).getOctets();
        if (!Arrays.equals(digest, Hash.named(algorithm(imprint.getObjectAt(0))).of(stamped))) {
            throw new DoesNotHold();
        }
    }

    /** ESSCertID and ESSCertIDv2 (RFC 5035): how many there are, all being this certificate's. */
    private static int checkReference(Map<String, ASN1Set> attributes, String oid, Hash hash, Certificate certificate)
            throws Exception {
        if (!attributes.containsKey(oid)) {
            return 0;
        }
        ASN1Sequence list = ASN1Sequence.getInstance(ASN1Sequence.getInstance(single(attributes, oid)).getObjectAt(0));
        require(list.size() == 1, "a reference to several certificates");
        // SHA-256 is the default, so its identifier does not stand there in DER.
        ASN1Encodable first = ASN1Sequence.getInstance(list.getObjectAt(0)).getObjectAt(0);
        byte[] digest = ASN1OctetString.getInstance(first).getOctets();
        if (!Arrays.equals(digest, hash.of(certificate.getEncoded(ASN1Encoding.DER)))) {
            throw new DoesNotHold();
        }
        return 1;
    }

    /** The one certificate that issuer and serial number name. */
    private static Certificate signerOf(ASN1Sequence info, List<Certificate> certificates) throws Exception {
        ASN1Sequence named = ASN1Sequence.getInstance(info.getObjectAt(1));
        byte[] issuer = named.getObjectAt(0).toASN1Primitive().getEncoded();
        for (Certificate certificate : certificates) {
            if (Arrays.equals(certificate.getIssuer().getEncoded(), issuer)
                    && certificate.getSerialNumber().equals(named.getObjectAt(1))) {
                return certificate;
            }
        }
        throw new Malformed("the certificate of a signer is not inside");
    }

    private static Map<String, ASN1Set> attributes(ASN1Set set) throws Malformed {
        Map<String, ASN1Set> attributes = new HashMap<>();
        for (ASN1Encodable one : set) {
            ASN1Sequence attribute = ASN1Sequence.getInstance(one);
            String oid = ASN1ObjectIdentifier.getInstance(attribute.getObjectAt(0)).getId();
            require(attributes.put(oid, ASN1Set.getInstance(attribute.getObjectAt(1))) == null, "twice: " + oid);
        }
        return attributes;
    }

    private static ASN1Encodable single(Map<String, ASN1Set> attributes, String oid) throws Malformed {
        ASN1Set values = attributes.get(oid);
        require(values != null && values.size() == 1, "other than one value: " + oid);
        return values.getObjectAt(0);
    }

    private static String algorithm(ASN1Encodable identifier) {
        return ASN1ObjectIdentifier.getInstance(ASN1Sequence.getInstance(identifier).getObjectAt(0)).getId();
    }

    private static void requireOid(ASN1Encodable oid, String expected) throws Malformed {
        String found = ASN1ObjectIdentifier.getInstance(oid).getId();
        require(found.equals(expected), found + " where " + expected + " belongs");
    }

    // PDF: ISO 32000-1 section 12.8.1. The CMS of every signature over its byte ranges; the last covers the whole file.

    private static final Pattern BYTE_RANGE =
            Pattern.compile("/ByteRange\\s*\\[\\s*(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s*\\]");

    private static Found checkDocument(byte[] file) throws Exception {
        Matcher ranges = BYTE_RANGE.matcher(new String(file, StandardCharsets.ISO_8859_1));
        Found sum = new Found();
        int end = 0;
        while (ranges.find()) {
            int[] range = new int[4];
            for (int i = 0; i < 4; i++) {
                range[i] = Integer.parseInt(ranges.group(i + 1));
            }
            int gap = range[1];
            int behind = range[2];
            end = behind + range[3];
            require(range[0] == 0 && file[gap] == '<' && file[behind - 1] == '>', "ranges not around a hex string");
            byte[] padded = HEX.parseHex(new String(file, gap + 1, behind - gap - 2, StandardCharsets.US_ASCII));
            int length = lengthOfFirst(padded);
            for (int i = length; i < padded.length; i++) {
                require(padded[i] == 0, "something else than zeros behind the CMS");
            }
            ByteArrayOutputStream covered = new ByteArrayOutputStream();
            covered.write(file, 0, gap);
            covered.write(file, behind, range[3]);
            Found found = checkMessage(Arrays.copyOf(padded, length), covered.toByteArray(), DATA);
            require(found.signers == 1, "other than one signer");
            sum.signers += found.signers;
            sum.references += found.references;
            sum.stamps += found.stamps;
        }
        require(end == file.length, "the last signature leaves bytes out");
        return sum;
    }

    /** How long the first element of these bytes is. */
    private static int lengthOfFirst(byte[] bytes) throws IOException {
        ByteArrayInputStream input = new ByteArrayInputStream(bytes);
        new ASN1InputStream(input).readObject();
        return bytes.length - input.available();
    }

    // JWS: RFC 7515 section 7.1.

    private static final Pattern ALGORITHM = Pattern.compile("\"alg\"\\s*:\\s*\"([A-Z0-9]+)\"");

    private static void checkToken(String token, byte[] certificate) throws Exception {
        String[] parts = token.split("\\.", -1);
        require(parts.length == 3, parts.length + " parts");
        Base64.Decoder decoder = Base64.getUrlDecoder();
        Matcher name = ALGORITHM.matcher(new String(decoder.decode(parts[0]), StandardCharsets.UTF_8));
        require(name.find(), "no algorithm");
        SubjectPublicKeyInfo key = Certificate.getInstance(certificate).getSubjectPublicKeyInfo();
        byte[] input = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        for (Scheme scheme : Scheme.values()) {
            if (name.group(1).equals(scheme.jws)) {
                if (!scheme.holds(key, input, decoder.decode(parts[2]))) {
                    throw new DoesNotHold();
                }
                return;
            }
        }
        throw new Malformed("algorithm " + name.group(1));
    }

    // XML: core validation by Santuario. A later signature covers earlier ones, which hold when it is taken out.

    private static int checkXml(byte[] document, Set<String> identifiers) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        DocumentBuilder builder = factory.newDocumentBuilder();
        // One that throws without printing.
        builder.setErrorHandler(new DefaultHandler());
        Document tree = builder.parse(new ByteArrayInputStream(document));
        register(tree.getDocumentElement(), identifiers);
        NodeList signatures = tree.getElementsByTagNameNS(DSIG, "Signature");
        int count = signatures.getLength();
        for (int i = count - 1; i >= 0; i--) {
            Element element = (Element) signatures.item(i);
            XMLSignature signature = new XMLSignature(element, "", true);
            Certificate certificate = Certificate.getInstance(certificateOf(tree, element));
            SubjectPublicKeyInfo info = certificate.getSubjectPublicKeyInfo();
            boolean rsa = info.getAlgorithm().getAlgorithm().getId().equals(Scheme.RSA_SHA256.key);
            if (!signature.checkSignatureValue(rsa ? rsaKey(info) : new NationalKey(info))) {
                throw new DoesNotHold();
            }
            element.getParentNode().removeChild(element);
        }
        return count;
    }

    private static void register(Element element, Set<String> identifiers) {
        NamedNodeMap attributes = element.getAttributes();
        for (int i = 0; i < attributes.getLength(); i++) {
            Attr attribute = (Attr) attributes.item(i);
            if (identifiers.contains(attribute.getLocalName())) {
                element.setIdAttributeNode(attribute, true);
            }
        }
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element) {
                register((Element) child, identifiers);
            }
        }
    }

    /** In X509Data, in KeyIdentifier, or in the token that Reference leads to. */
    private static byte[] certificateOf(Document tree, Element signature) throws Malformed {
        Element holder = first(signature, DSIG, "X509Certificate");
        if (holder == null) {
            holder = first(signature, WSSE, "KeyIdentifier");
        }
        if (holder == null) {
            Element reference = first(signature, WSSE, "Reference");
            require(reference != null, "no certificate");
            holder = tree.getElementById(reference.getAttribute("URI").substring(1));
            require(holder != null && holder.getLocalName().equals("BinarySecurityToken"), "no token");
        }
        return Base64.getMimeDecoder().decode(holder.getTextContent());
    }

    private static Element first(Element inside, String namespace, String name) {
        return (Element) inside.getElementsByTagNameNS(namespace, name).item(0);
    }

    private static PublicKey rsaKey(SubjectPublicKeyInfo info) throws IOException, GeneralSecurityException {
        return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(info.getEncoded()));
    }

    /** A key that only our own algorithms understand. */
    private record NationalKey(SubjectPublicKeyInfo info) implements PublicKey {
        @Override
        public String getAlgorithm() {
            return info.getAlgorithm().getAlgorithm().getId();
        }

        @Override
        public String getFormat() {
            return "X.509";
        }

        @Override
        public byte[] getEncoded() {
            try {
                return info.getEncoded();
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private static void startSantuario() throws Exception {
        Init.init();
        Security.addProvider(new NationalDigests());
        registerDigest(XML_MORE + "gost34311", Hash.GOST_34311);
        registerDigest(XML_NATIONAL + "gostr34112015-256", Hash.STREEBOG_256);
        registerDigest(XML_NATIONAL + "gostr34112015-512", Hash.STREEBOG_512);
        SignatureAlgorithm.register(Scheme.GOST_2004.xml, Gost2004.class);
        SignatureAlgorithm.register(Scheme.GOST_2015_256.xml, Gost2015With256.class);
        SignatureAlgorithm.register(Scheme.GOST_2015_512.xml, Gost2015With512.class);
    }

    private static void registerDigest(String uri, Hash hash) {
        JCEMapper.register(uri, new JCEMapper.Algorithm("", hash.name(), "MessageDigest"));
    }

    public static final class NationalDigests extends Provider {
        private static final long serialVersionUID = 1;

        public NationalDigests() {
            super("National", "1", "digests for Santuario");
            put("MessageDigest." + Hash.GOST_34311, Gost34311.class.getName());
            put("MessageDigest." + Hash.STREEBOG_256, Streebog256.class.getName());
            put("MessageDigest." + Hash.STREEBOG_512, Streebog512.class.getName());
        }
    }

    public abstract static class NationalDigest extends MessageDigestSpi {
        private final Digest digest;

        private NationalDigest(Hash hash) {
            digest = hash.start();
        }

        @Override
        protected void engineUpdate(byte one) {
            digest.update(one);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int from, int length) {
            digest.update(bytes, from, length);
        }

        @Override
        protected byte[] engineDigest() {
            byte[] out = new byte[digest.getDigestSize()];
            digest.doFinal(out, 0);
            return out;
        }

        @Override
        protected void engineReset() {
            digest.reset();
        }
    }

    public static final class Gost34311 extends NationalDigest {
        public Gost34311() {
            super(Hash.GOST_34311);
        }
    }

    public static final class Streebog256 extends NationalDigest {
        public Streebog256() {
            super(Hash.STREEBOG_256);
        }
    }

    public static final class Streebog512 extends NationalDigest {
        public Streebog512() {
            super(Hash.STREEBOG_512);
        }
    }

    /** A scheme as an algorithm of Santuario; it verifies only. */
    public abstract static class NationalSignature extends SignatureAlgorithmSpi {
        private final Scheme scheme;
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private SubjectPublicKeyInfo key;

        private NationalSignature(Scheme scheme) {
            this.scheme = scheme;
        }

        @Override
        protected void engineInitVerify(Key key) {
            this.key = SubjectPublicKeyInfo.getInstance(key.getEncoded());
            message.reset();
        }

        @Override
        protected void engineUpdate(byte one) {
            message.write(one);
        }

        @Override
        protected void engineUpdate(byte[] bytes) {
            message.writeBytes(bytes);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int from, int length) {
            message.write(bytes, from, length);
        }

        @Override
        protected boolean engineVerify(byte[] value) {
            try {
                return scheme.holds(key, message.toByteArray(), value);
            } catch (Exception error) {
                throw new IllegalStateException(error);
            }
        }

        @Override
        protected String engineGetURI() {
            return scheme.xml;
        }

        @Override
        protected String engineGetJCEAlgorithmString() {
            return scheme.name();
        }

        @Override
        protected String engineGetJCEProviderName() {
            return "National";
        }

        @Override
        protected void engineSetParameter(AlgorithmParameterSpec parameters) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void engineSetHMACOutputLength(int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void engineInitSign(Key key) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void engineInitSign(Key key, SecureRandom random) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void engineInitSign(Key key, AlgorithmParameterSpec parameters) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected byte[] engineSign() {
            throw new UnsupportedOperationException();
        }
    }

    public static final class Gost2004 extends NationalSignature {
        public Gost2004() {
            super(Scheme.GOST_2004);
        }
    }

    public static final class Gost2015With256 extends NationalSignature {
        public Gost2015With256() {
            super(Scheme.GOST_2015_256);
        }
    }

    public static final class Gost2015With512 extends NationalSignature {
        public Gost2015With512() {
            super(Scheme.GOST_2015_512);
        }
    }

    private static BigInteger number(byte[] bytes, int from, int length) {
        byte[] turned = new byte[length];
        for (int i = 0; i < length; i++) {
            turned[i] = bytes[from + length - 1 - i];
        }
        return new BigInteger(1, turned);
    }
}
