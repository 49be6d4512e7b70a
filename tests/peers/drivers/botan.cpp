// Botan: CryptoPro-A and tc26-512-A, Streebog. Its GOST-34.11 has the S-box of CryptoPro and is left out.
#include "protocol.h"

#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <botan/auto_rng.h>
#include <botan/ec_group.h>
#include <botan/gost_3410.h>
#include <botan/hash.h>
#include <botan/pubkey.h>
#include <botan/version.h>

namespace {

using Bytes = std::vector<uint8_t>;

struct Key {
    kind of;
    std::unique_ptr<Botan::GOST_3410_PublicKey> numbers;
    std::unique_ptr<Botan::PK_Signer> signer;
    std::unique_ptr<Botan::PK_Verifier> verifier;
};

// The digest is signed as it is.
const char RAW[] = "Raw";

Botan::RandomNumberGenerator &generator() {
    static Botan::AutoSeeded_RNG rng;
    return rng;
}

const Botan::EC_Group *group(kind of) {
    static const Botan::EC_Group crypto_pro_a("gost_256A"), tc26_512_a("gost_512A");
    return of == CRYPTO_PRO_A ? &crypto_pro_a : of == TC26_512_A ? &tc26_512_a : nullptr;
}

Botan::BigInt number(const uint8_t *bytes, size_t length) {
    Bytes turned(length);
    reverse(bytes, length, turned.data());
    return Botan::BigInt(turned.data(), turned.size());
}

void write_number(const Botan::BigInt &from, size_t length, uint8_t *out) {
    Bytes bytes(length);
    Botan::BigInt::encode_1363(bytes.data(), length, from);
    reverse(bytes.data(), length, out);
}

const char *about() {
    static const std::string text = "Botan " + Botan::short_version_string();
    return text.c_str();
}

answer failed(const std::exception &error) {
    return broken(error.what());
}

answer private_key(kind of, const uint8_t *d, void **out) {
    if (group(of) == nullptr) {
        return UNSUPPORTED;
    }
    try {
        auto pair = std::make_unique<Botan::GOST_3410_PrivateKey>(generator(), *group(of), number(d, number_bytes(of)));
        auto key = std::make_unique<Key>();
        key->of = of;
        key->signer = std::make_unique<Botan::PK_Signer>(*pair, generator(), RAW);
        key->verifier = std::make_unique<Botan::PK_Verifier>(*pair, RAW);
        key->numbers = std::move(pair);
        *out = key.release();
        return ACCEPTED;
    } catch (const Botan::Invalid_Argument &) {
        return REFUSED;
    } catch (const std::exception &error) {
        return failed(error);
    }
}

answer public_key(kind of, const uint8_t *xy, void **out) {
    const Botan::EC_Group *curve = group(of);
    if (curve == nullptr) {
        return UNSUPPORTED;
    }
    try {
        const size_t n = number_bytes(of);
        const Botan::PointGFp point = curve->point(number(xy, n), number(xy + n, n));
        // What reading a certificate's key checks as well.
        if (!point.on_the_curve()) {
            return REFUSED;
        }
        auto key = std::make_unique<Key>();
        key->of = of;
        key->numbers = std::make_unique<Botan::GOST_3410_PublicKey>(*curve, point);
        key->verifier = std::make_unique<Botan::PK_Verifier>(*key->numbers, RAW);
        *out = key.release();
        return ACCEPTED;
    } catch (const Botan::Invalid_Argument &) {
        return REFUSED;
    } catch (const std::exception &error) {
        return failed(error);
    }
}

void forget(void *key) {
    delete static_cast<Key *>(key);
}

answer point(void *at, uint8_t *xy) {
    const Key &key = *static_cast<Key *>(at);
    const size_t n = number_bytes(key.of);
    write_number(key.numbers->public_point().get_affine_x(), n, xy);
    write_number(key.numbers->public_point().get_affine_y(), n, xy + n);
    return ACCEPTED;
}

// Botan's signature is s then r, each big-endian: the whole in reverse.
answer sign(void *at, const uint8_t *digest, uint8_t *signature) {
    try {
        const Key &key = *static_cast<Key *>(at);
        const Bytes made = key.signer->sign_message(digest, number_bytes(key.of), generator());
        if (made.size() != signature_bytes(key.of)) {
            return broken("a signature of another length");
        }
        reverse(made.data(), made.size(), signature);
        return ACCEPTED;
    } catch (const std::exception &error) {
        return failed(error);
    }
}

answer verify(void *at, const uint8_t *digest, const uint8_t *signature) {
    try {
        const Key &key = *static_cast<Key *>(at);
        uint8_t turned[MOST_SIGNATURE_BYTES];
        const size_t length = signature_bytes(key.of);
        reverse(signature, length, turned);
        return key.verifier->verify_message(digest, number_bytes(key.of), turned, length) ? ACCEPTED : REFUSED;
    } catch (const std::exception &error) {
        return failed(error);
    }
}

answer hashed(enum hash function, const uint8_t *message, size_t length, uint8_t *digest) {
    static const std::unique_ptr<Botan::HashFunction> streebog_256 = Botan::HashFunction::create("Streebog-256"),
                                                      streebog_512 = Botan::HashFunction::create("Streebog-512");
    Botan::HashFunction *state = function == STREEBOG_256   ? streebog_256.get()
                                 : function == STREEBOG_512 ? streebog_512.get()
                                                            : nullptr;
    if (state == nullptr) {
        return UNSUPPORTED;
    }
    state->update(message, length);
    state->final(digest);
    return ACCEPTED;
}

} // namespace

int main() {
    static const driver botan = {about, private_key, nullptr, public_key, forget, point, sign, verify, hashed};
    return serve(&botan);
}
