/* What a driver in C or C++ gives to protocol.c, which speaks the line protocol of ../src/protocol.rs for it.
 *
 * Numbers and points are in the byte order of the national PKI: little-endian, x before y, r before s. A driver turns
 * them into its library's order. Key objects are made before measured time starts; signing and verifying take bytes and
 * give bytes, as ours do. */
#ifndef TAMGA_PEERS_PROTOCOL_H
#define TAMGA_PEERS_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kind { CRYPTO_PRO_A, TC26_256_A, TC26_512_A, RSA_2048, KINDS };
enum hash { GOST_34311, STREEBOG_256, STREEBOG_512, HASHES };

/* REFUSED is the library's verdict about its input; BROKEN is anything else that went wrong. */
enum answer { ACCEPTED, REFUSED, UNSUPPORTED, BROKEN };

enum { MOST_NUMBER_BYTES = 64, MOST_SIGNATURE_BYTES = 256, MOST_DIGEST_BYTES = 64 };

struct driver {
    /* Library and version. */
    const char *(*about)(void);
    /* A key pair from d. NULL where `fresh_key` is given. */
    enum answer (*private_key)(enum kind kind, const uint8_t *d, void **key);
    /* A random key pair, where d is not enough to make one (RSA); otherwise NULL. */
    enum answer (*fresh_key)(enum kind kind, void **key);
    /* A key that only verifies, from x then y. */
    enum answer (*public_key)(enum kind kind, const uint8_t *xy, void **key);
    void (*forget)(void *key);
    /* The point of a key pair, x then y. */
    enum answer (*point)(void *key, uint8_t *xy);
    enum answer (*sign)(void *key, const uint8_t *digest, uint8_t *signature);
    enum answer (*verify)(void *key, const uint8_t *digest, const uint8_t *signature);
    enum answer (*hash)(enum hash hash, const uint8_t *message, size_t length, uint8_t *digest);
    /* Files that are read as a whole, or NULL. `prepare_file` makes ready what is outside the measured time. */
    enum answer (*prepare_file)(const char *operation, const char *name, void **work);
    enum answer (*do_file)(void *work);
    void (*forget_file)(void *work);
};

/* Bytes of a coordinate, a scalar and a digest; of the signed digest for RSA. */
size_t number_bytes(enum kind kind);
size_t signature_bytes(enum kind kind);
size_t digest_bytes(enum hash hash);

/* Writes `in` to `out` in the opposite byte order. */
void reverse(const uint8_t *in, size_t length, uint8_t *out);

/* Fills from the system's generator; ends the process if it cannot. */
void fill_random(uint8_t *out, size_t length);

/* Says on stderr why the answer is BROKEN; the harness shows it. Returns BROKEN. */
enum answer broken(const char *what);

/* The file `name` of the folder that TAMGA_PEERS_FILES names; NULL, with a word on stderr, if it cannot be read. */
uint8_t *read_file(const char *name, size_t *length);

/* The path of that file, in a static buffer. */
const char *file_path(const char *name);

/* Answers requests until stdin ends; returns the exit status. */
int serve(const struct driver *driver);

#ifdef __cplusplus
}
#endif

#endif
