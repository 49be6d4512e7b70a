/* libgcrypt: the three curves, Streebog, GOST R 34.11-94 with the test S-box. Its numbers are big-endian. */
#include "protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gcrypt.h>

struct key {
    enum kind kind;
    gcry_sexp_t secret; /* NULL in keys that only verify */
    gcry_sexp_t public_half;
    uint8_t xy[2 * MOST_NUMBER_BYTES]; /* big-endian; only in key pairs */
};

/* The identifier of tc26-256-A leads nowhere in libgcrypt 1.10, where the curve has a name of its own. */
static const char *curves[KINDS] = {"1.2.643.2.2.35.1", "1.2.643.7.1.2.1.1.1", "1.2.643.7.1.2.1.2.1", NULL};
static const char NAME_IN_1_10[] = "GOST2012-256-A";

static const char *about(void) {
    static char text[64];
    snprintf(text, sizeof text, "libgcrypt %s", gcry_check_version(NULL));
    return text;
}

static void forget(void *at) {
    struct key *key = at;
    gcry_sexp_release(key->secret);
    gcry_sexp_release(key->public_half);
    free(key);
}

static struct key *empty_key(enum kind kind) {
    struct key *key = calloc(1, sizeof *key);
    if (key == NULL) {
        exit(2);
    }
    key->kind = kind;
    return key;
}

/* `(public-key (ecc (curve C) (q 04 x y)))`, x and y big-endian. */
static gcry_sexp_t public_half(enum kind kind, const uint8_t *xy) {
    size_t n = number_bytes(kind);
    uint8_t q[1 + 2 * MOST_NUMBER_BYTES];
    gcry_sexp_t out = NULL;
    q[0] = 4;
    memcpy(q + 1, xy, 2 * n);
    gcry_sexp_build(&out, NULL, "(public-key(ecc(curve %s)(q %b)))", curves[kind], (int)(1 + 2 * n), q);
    return out;
}

/* d*G through libgcrypt's own "public point of this context". */
static enum answer multiply_base(enum kind kind, const uint8_t *d, uint8_t *xy) {
    size_t n = number_bytes(kind);
    gcry_ctx_t context = NULL;
    gcry_mpi_t number = NULL, x = gcry_mpi_new(0), y = gcry_mpi_new(0);
    gcry_mpi_point_t point = NULL;
    enum answer answer = BROKEN;
    if (gcry_mpi_scan(&number, GCRYMPI_FMT_USG, d, n, NULL) == 0 && gcry_mpi_ec_new(&context, NULL, curves[kind]) == 0 &&
        gcry_mpi_ec_set_mpi("d", number, context) == 0 && (point = gcry_mpi_ec_get_point("q", context, 1)) != NULL) {
        if (gcry_mpi_ec_get_affine(x, y, point, context) != 0) {
            answer = REFUSED;
        } else {
            gcry_mpi_t pair[2] = {x, y};
            answer = ACCEPTED;
            for (int i = 0; i < 2; i++) {
                uint8_t bytes[MOST_NUMBER_BYTES];
                size_t written = 0;
                if (gcry_mpi_print(GCRYMPI_FMT_USG, bytes, n, &written, pair[i]) != 0) {
                    answer = BROKEN;
                    break;
                }
                memset(xy + i * n, 0, n - written);
                memcpy(xy + i * n + (n - written), bytes, written);
            }
        }
    }
    gcry_mpi_point_release(point);
    gcry_ctx_release(context);
    gcry_mpi_release(number);
    gcry_mpi_release(x);
    gcry_mpi_release(y);
    return answer == BROKEN ? broken("libgcrypt cannot multiply the base point") : answer;
}

static enum answer private_key(enum kind kind, const uint8_t *d, void **out) {
    if (curves[kind] == NULL) {
        return UNSUPPORTED;
    }
    size_t n = number_bytes(kind);
    uint8_t number[MOST_NUMBER_BYTES], q[1 + 2 * MOST_NUMBER_BYTES];
    struct key *key = empty_key(kind);
    reverse(d, n, number);
    enum answer answer = multiply_base(kind, number, key->xy);
    if (answer != ACCEPTED) {
        forget(key);
        return answer;
    }
    q[0] = 4;
    memcpy(q + 1, key->xy, 2 * n);
    if (gcry_sexp_build(&key->secret, NULL, "(private-key(ecc(curve %s)(q %b)(d %b)))", curves[kind], (int)(1 + 2 * n), q,
                        (int)n, number) != 0) {
        forget(key);
        return broken("libgcrypt reads no private key");
    }
    key->public_half = public_half(kind, key->xy);
    *out = key;
    return ACCEPTED;
}

static enum answer public_key(enum kind kind, const uint8_t *xy, void **out) {
    if (curves[kind] == NULL) {
        return UNSUPPORTED;
    }
    size_t n = number_bytes(kind);
    uint8_t turned[2 * MOST_NUMBER_BYTES];
    struct key *key = empty_key(kind);
    reverse(xy, n, turned);
    reverse(xy + n, n, turned + n);
    key->public_half = public_half(kind, turned);
    *out = key;
    return ACCEPTED;
}

static enum answer point(void *at, uint8_t *xy) {
    struct key *key = at;
    size_t n = number_bytes(key->kind);
    reverse(key->xy, n, xy);
    reverse(key->xy + n, n, xy + n);
    return ACCEPTED;
}

static gcry_sexp_t digest_data(size_t n, const uint8_t *digest) {
    uint8_t turned[MOST_DIGEST_BYTES];
    gcry_sexp_t data = NULL;
    reverse(digest, n, turned);
    gcry_sexp_build(&data, NULL, "(data(flags gost)(value %b))", (int)n, turned);
    return data;
}

/* Copies number `name` of a signature, which libgcrypt writes without leading zeros, or with one too many. */
static int copy_number(gcry_sexp_t from, const char *name, size_t n, uint8_t *out) {
    gcry_sexp_t list = gcry_sexp_find_token(from, name, 0);
    size_t length = 0;
    const uint8_t *bytes = (const uint8_t *)gcry_sexp_nth_data(list, 1, &length);
    uint8_t padded[MOST_NUMBER_BYTES] = {0};
    while (length > n && bytes[0] == 0) {
        bytes++;
        length--;
    }
    int fits = bytes != NULL && length <= n;
    if (fits) {
        memcpy(padded + n - length, bytes, length);
        reverse(padded, n, out);
    }
    gcry_sexp_release(list);
    return fits;
}

static enum answer sign(void *at, const uint8_t *digest, uint8_t *signature) {
    struct key *key = at;
    size_t n = number_bytes(key->kind);
    gcry_sexp_t data = digest_data(n, digest), made = NULL;
    int good = gcry_pk_sign(&made, data, key->secret) == 0 && copy_number(made, "r", n, signature) &&
               copy_number(made, "s", n, signature + n);
    gcry_sexp_release(data);
    gcry_sexp_release(made);
    return good ? ACCEPTED : broken("libgcrypt does not sign");
}

static enum answer verify(void *at, const uint8_t *digest, const uint8_t *signature) {
    struct key *key = at;
    size_t n = number_bytes(key->kind);
    uint8_t r[MOST_NUMBER_BYTES], s[MOST_NUMBER_BYTES];
    reverse(signature, n, r);
    reverse(signature + n, n, s);
    gcry_sexp_t data = digest_data(n, digest), value = NULL;
    gcry_sexp_build(&value, NULL, "(sig-val(gost(r %b)(s %b)))", (int)n, r, (int)n, s);
    gcry_error_t error = gcry_pk_verify(value, data, key->public_half);
    gcry_sexp_release(data);
    gcry_sexp_release(value);
    switch (gcry_err_code(error)) {
    case GPG_ERR_NO_ERROR:
        return ACCEPTED;
    case GPG_ERR_BAD_SIGNATURE:
    case GPG_ERR_BROKEN_PUBKEY:
        return REFUSED;
    default:
        return broken(gcry_strerror(error));
    }
}

static enum answer hash(enum hash hash, const uint8_t *message, size_t length, uint8_t *digest) {
    static const int ALGORITHMS[HASHES] = {GCRY_MD_GOSTR3411_94, GCRY_MD_STRIBOG256, GCRY_MD_STRIBOG512};
    gcry_md_hash_buffer(ALGORITHMS[hash], digest, message, length);
    return ACCEPTED;
}

int main(void) {
    static const struct driver driver = {about, private_key, NULL, public_key, forget, point, sign, verify, hash};
    if (gcry_check_version(GCRYPT_VERSION) == NULL) {
        fprintf(stderr, "libgcrypt is older than its headers\n");
        return 2;
    }
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    gcry_ctx_t context = NULL;
    if (gcry_mpi_ec_new(&context, NULL, curves[TC26_256_A]) != 0) {
        curves[TC26_256_A] = NAME_IN_1_10;
    }
    gcry_ctx_release(context);
    return serve(&driver);
}
