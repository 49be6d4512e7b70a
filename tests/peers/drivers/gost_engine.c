/* gost-engine through OpenSSL: the three curves, Streebog, CMS.
 *
 * Its GOST R 34.11-94 has the S-box of CryptoPro, which is another function than GOST 34.311, and is left out. Keys go
 * in as PKCS #8 and SubjectPublicKeyInfo with the identifiers of RFC 9215. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

struct key {
    enum kind kind;
    EVP_PKEY *numbers;
    EVP_PKEY_CTX *signing;
    EVP_PKEY_CTX *verifying;
};

enum { MOST_DER_BYTES = 512 };

/* Algorithm, parameter set and digest of RFC 9215 section 2, RFC 4357 for the curve of CryptoPro. */
static const char *const IDENTIFIERS[KINDS][3] = {
    {"1.2.643.7.1.1.1.1", "1.2.643.2.2.35.1", "1.2.643.7.1.1.2.2"},
    {"1.2.643.7.1.1.1.1", "1.2.643.7.1.2.1.1.1", "1.2.643.7.1.1.2.2"},
    {"1.2.643.7.1.1.1.2", "1.2.643.7.1.2.1.2.1", "1.2.643.7.1.1.2.3"},
    {NULL, NULL, NULL},
};

static const char *const DIGESTS[HASHES] = {NULL, "md_gost12_256", "md_gost12_512"};

static ENGINE *engine;

static const char *about(void) {
    static char text[160];
    snprintf(text, sizeof text, "%s in %s", ENGINE_get_name(engine), OpenSSL_version(OPENSSL_VERSION));
    return text;
}

/* Puts tag and length before `length` bytes at `at`; returns the new length. */
static size_t wrap(uint8_t tag, uint8_t *at, size_t length) {
    size_t head = length < 0x80 ? 2 : length < 0x100 ? 3 : 4;
    memmove(at + head, at, length);
    at[0] = tag;
    if (head == 2) {
        at[1] = (uint8_t)length;
    } else {
        at[1] = (uint8_t)(0x80 | (head - 2));
        at[head - 1] = (uint8_t)length;
        at[2] = head == 4 ? (uint8_t)(length >> 8) : at[2];
    }
    return head + length;
}

static size_t identifier(const char *text, uint8_t *out) {
    ASN1_OBJECT *object = OBJ_txt2obj(text, 1);
    int length = i2d_ASN1_OBJECT(object, &out);
    ASN1_OBJECT_free(object);
    return (size_t)length;
}

/* AlgorithmIdentifier of a key. */
static size_t algorithm(enum kind kind, uint8_t *out) {
    size_t first = identifier(IDENTIFIERS[kind][0], out);
    uint8_t *parameters = out + first;
    size_t length = identifier(IDENTIFIERS[kind][1], parameters);
    length += identifier(IDENTIFIERS[kind][2], parameters + length);
    return wrap(V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED, out, first + wrap(V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED, parameters, length));
}

static void forget(void *at) {
    struct key *key = at;
    EVP_PKEY_CTX_free(key->signing);
    EVP_PKEY_CTX_free(key->verifying);
    EVP_PKEY_free(key->numbers);
    free(key);
}

static enum answer finished_key(enum kind kind, EVP_PKEY *numbers, int pair, void **out) {
    if (numbers == NULL) {
        ERR_clear_error();
        return REFUSED;
    }
    struct key *key = calloc(1, sizeof *key);
    if (key == NULL) {
        exit(2);
    }
    key->kind = kind;
    key->numbers = numbers;
    key->verifying = EVP_PKEY_CTX_new(numbers, NULL);
    key->signing = pair ? EVP_PKEY_CTX_new(numbers, NULL) : NULL;
    if (EVP_PKEY_verify_init(key->verifying) <= 0 || (pair && EVP_PKEY_sign_init(key->signing) <= 0)) {
        forget(key);
        return broken("gost-engine does not take the key for use");
    }
    *out = key;
    return ACCEPTED;
}

/* PrivateKeyInfo of RFC 5208: version 0, algorithm, OCTET STRING { OCTET STRING { d } }. */
static enum answer private_key(enum kind kind, const uint8_t *d, void **out) {
    if (IDENTIFIERS[kind][0] == NULL) {
        return UNSUPPORTED;
    }
    uint8_t der[MOST_DER_BYTES] = {V_ASN1_INTEGER, 1, 0};
    size_t head = 3 + algorithm(kind, der + 3);
    memcpy(der + head, d, number_bytes(kind));
    size_t length = wrap(V_ASN1_OCTET_STRING, der + head, number_bytes(kind));
    length = head + wrap(V_ASN1_OCTET_STRING, der + head, length);
    length = wrap(V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED, der, length);
    const uint8_t *at = der;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)length);
    EVP_PKEY *numbers = info != NULL ? EVP_PKCS82PKEY(info) : NULL;
    PKCS8_PRIV_KEY_INFO_free(info);
    return finished_key(kind, numbers, 1, out);
}

/* SubjectPublicKeyInfo: algorithm, BIT STRING { OCTET STRING { x, y } }. */
static enum answer public_key(enum kind kind, const uint8_t *xy, void **out) {
    if (IDENTIFIERS[kind][0] == NULL) {
        return UNSUPPORTED;
    }
    uint8_t der[MOST_DER_BYTES];
    size_t head = algorithm(kind, der), n = number_bytes(kind);
    uint8_t *bits = der + head;
    bits[0] = 0;
    memcpy(bits + 1, xy, 2 * n);
    size_t length = 1 + wrap(V_ASN1_OCTET_STRING, bits + 1, 2 * n);
    length = head + wrap(V_ASN1_BIT_STRING, bits, length);
    length = wrap(V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED, der, length);
    const uint8_t *at = der;
    return finished_key(kind, d2i_PUBKEY(NULL, &at, (long)length), 0, out);
}

/* x and y are the end of the SubjectPublicKeyInfo. */
static enum answer point(void *at, uint8_t *xy) {
    struct key *key = at;
    size_t n = number_bytes(key->kind);
    uint8_t *der = NULL;
    int length = i2d_PUBKEY(key->numbers, &der);
    if (length < (int)(2 * n)) {
        return broken("gost-engine writes no public key");
    }
    memcpy(xy, der + length - 2 * n, 2 * n);
    OPENSSL_free(der);
    return ACCEPTED;
}

/* The engine's signature is s then r, each big-endian: the whole in reverse. */
static enum answer sign(void *at, const uint8_t *digest, uint8_t *signature) {
    struct key *key = at;
    size_t n = number_bytes(key->kind), length = 2 * n;
    uint8_t turned[2 * MOST_NUMBER_BYTES];
    if (EVP_PKEY_sign(key->signing, turned, &length, digest, n) <= 0 || length != 2 * n) {
        ERR_print_errors_fp(stderr);
        return BROKEN;
    }
    reverse(turned, length, signature);
    return ACCEPTED;
}

static enum answer verify(void *at, const uint8_t *digest, const uint8_t *signature) {
    struct key *key = at;
    size_t n = number_bytes(key->kind);
    uint8_t turned[2 * MOST_NUMBER_BYTES];
    reverse(signature, 2 * n, turned);
    int good = EVP_PKEY_verify(key->verifying, turned, 2 * n, digest, n);
    /* A refusal leaves its reason in OpenSSL's queue. */
    ERR_clear_error();
    return good == 1 ? ACCEPTED : REFUSED;
}

static enum answer hash(enum hash hash, const uint8_t *message, size_t length, uint8_t *digest) {
    static const EVP_MD *functions[HASHES];
    static EVP_MD_CTX *state;
    if (DIGESTS[hash] == NULL) {
        return UNSUPPORTED;
    }
    if (functions[hash] == NULL) {
        functions[hash] = EVP_get_digestbyname(DIGESTS[hash]);
        state = state != NULL ? state : EVP_MD_CTX_new();
    }
    if (functions[hash] == NULL || state == NULL || EVP_DigestInit_ex(state, functions[hash], NULL) <= 0 ||
        EVP_DigestUpdate(state, message, length) <= 0 || EVP_DigestFinal_ex(state, digest, NULL) <= 0) {
        ERR_print_errors_fp(stderr);
        return BROKEN;
    }
    return ACCEPTED;
}

static enum answer prepare_file(const char *operation, const char *name, void **work) {
    static const struct message rows[] = {
        {"verify", "cms-gost", "cms-gost-ru.der", "gost-ca.pem"},
        {NULL, NULL, NULL, NULL},
    };
    return prepare_message(rows, operation, name, work);
}

int main(void) {
    static const struct driver driver = {about, private_key, NULL,         public_key, forget,        point, sign,
                                         verify, hash,       prepare_file, do_message, forget_message};
    engine = ENGINE_by_id("gost");
    if (engine == NULL || !ENGINE_init(engine) || !ENGINE_set_default(engine, ENGINE_METHOD_ALL)) {
        ERR_print_errors_fp(stderr);
        return 2;
    }
    return serve(&driver);
}
