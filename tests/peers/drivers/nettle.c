/* nettle: gostdsa on gc512a (tc26-512-A) and gc256b (CryptoPro-A), Streebog, GOST R 34.11-94 with the test S-box. */
#include "protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/gostdsa.h>
#include <nettle/gosthash94.h>
#include <nettle/streebog.h>
#include <nettle/version.h>

struct key {
    enum kind kind;
    struct ecc_scalar secret;
    struct ecc_point point;
    struct dsa_signature signature;
};

static const struct ecc_curve *curve(enum kind kind) {
    switch (kind) {
    case CRYPTO_PRO_A:
        return nettle_get_gost_gc256b();
    case TC26_512_A:
        return nettle_get_gost_gc512a();
    default:
        return NULL;
    }
}

static const char *about(void) {
    static char text[32];
    snprintf(text, sizeof text, "nettle %d.%d", nettle_version_major(), nettle_version_minor());
    return text;
}

static void read_number(mpz_t out, const uint8_t *bytes, size_t length) {
    mpz_import(out, length, -1, 1, 0, 0, bytes);
}

static void write_number(const mpz_t number, size_t length, uint8_t *out) {
    memset(out, 0, length);
    mpz_export(out, NULL, -1, 1, 0, 0, number);
}

static void forget(void *at) {
    struct key *key = at;
    ecc_scalar_clear(&key->secret);
    ecc_point_clear(&key->point);
    dsa_signature_clear(&key->signature);
    free(key);
}

static struct key *empty_key(enum kind kind) {
    struct key *key = calloc(1, sizeof *key);
    if (key == NULL) {
        exit(2);
    }
    key->kind = kind;
    ecc_scalar_init(&key->secret, curve(kind));
    ecc_point_init(&key->point, curve(kind));
    dsa_signature_init(&key->signature);
    return key;
}

static enum answer private_key(enum kind kind, const uint8_t *d, void **out) {
    if (curve(kind) == NULL) {
        return UNSUPPORTED;
    }
    struct key *key = empty_key(kind);
    mpz_t number;
    mpz_init(number);
    read_number(number, d, number_bytes(kind));
    int in_range = ecc_scalar_set(&key->secret, number);
    mpz_clear(number);
    if (!in_range) {
        forget(key);
        return REFUSED;
    }
    ecc_point_mul_g(&key->point, &key->secret);
    *out = key;
    return ACCEPTED;
}

static enum answer public_key(enum kind kind, const uint8_t *xy, void **out) {
    if (curve(kind) == NULL) {
        return UNSUPPORTED;
    }
    struct key *key = empty_key(kind);
    size_t n = number_bytes(kind);
    mpz_t x, y;
    mpz_inits(x, y, NULL);
    read_number(x, xy, n);
    read_number(y, xy + n, n);
    int on_curve = ecc_point_set(&key->point, x, y);
    mpz_clears(x, y, NULL);
    if (!on_curve) {
        forget(key);
        return REFUSED;
    }
    *out = key;
    return ACCEPTED;
}

static enum answer point(void *at, uint8_t *xy) {
    struct key *key = at;
    size_t n = number_bytes(key->kind);
    mpz_t x, y;
    mpz_inits(x, y, NULL);
    ecc_point_get(&key->point, x, y);
    write_number(x, n, xy);
    write_number(y, n, xy + n);
    mpz_clears(x, y, NULL);
    return ACCEPTED;
}

static void nonce_bytes(void *context, size_t length, uint8_t *out) {
    (void)context;
    fill_random(out, length);
}

static enum answer sign(void *at, const uint8_t *digest, uint8_t *signature) {
    struct key *key = at;
    size_t n = number_bytes(key->kind);
    gostdsa_sign(&key->secret, NULL, nonce_bytes, n, digest, &key->signature);
    write_number(key->signature.r, n, signature);
    write_number(key->signature.s, n, signature + n);
    return ACCEPTED;
}

static enum answer verify(void *at, const uint8_t *digest, const uint8_t *signature) {
    struct key *key = at;
    size_t n = number_bytes(key->kind);
    read_number(key->signature.r, signature, n);
    read_number(key->signature.s, signature + n, n);
    return gostdsa_verify(&key->point, n, digest, &key->signature) ? ACCEPTED : REFUSED;
}

static enum answer hash(enum hash hash, const uint8_t *message, size_t length, uint8_t *digest) {
    union {
        struct streebog512_ctx streebog;
        struct gosthash94_ctx gost94;
    } state;
    switch (hash) {
    case GOST_34311:
        gosthash94_init(&state.gost94);
        gosthash94_update(&state.gost94, length, message);
        gosthash94_digest(&state.gost94, GOSTHASH94_DIGEST_SIZE, digest);
        return ACCEPTED;
    case STREEBOG_256:
        streebog256_init(&state.streebog);
        streebog256_update(&state.streebog, length, message);
        streebog256_digest(&state.streebog, STREEBOG256_DIGEST_SIZE, digest);
        return ACCEPTED;
    case STREEBOG_512:
        streebog512_init(&state.streebog);
        streebog512_update(&state.streebog, length, message);
        streebog512_digest(&state.streebog, STREEBOG512_DIGEST_SIZE, digest);
        return ACCEPTED;
    default:
        return UNSUPPORTED;
    }
}

int main(void) {
    static const struct driver driver = {about, private_key, NULL, public_key, forget, point, sign, verify, hash};
    return serve(&driver);
}
