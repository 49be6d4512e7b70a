/* OpenSSL: RSA-2048, CMS and key files as measures of speed. */
#include "messages.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

struct key {
    EVP_PKEY *numbers;
    EVP_PKEY_CTX *signing;
    EVP_PKEY_CTX *verifying;
};

static const char *about(void) {
    return OpenSSL_version(OPENSSL_VERSION);
}

static void forget(void *at) {
    struct key *key = at;
    EVP_PKEY_CTX_free(key->signing);
    EVP_PKEY_CTX_free(key->verifying);
    EVP_PKEY_free(key->numbers);
    free(key);
}

/* RSASSA-PKCS1-v1_5 with SHA-256. */
static int scheme(EVP_PKEY_CTX *context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
           EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) > 0;
}

static enum answer fresh_key(enum kind kind, void **out) {
    if (kind != RSA_2048) {
        return UNSUPPORTED;
    }
    struct key *key = calloc(1, sizeof *key);
    if (key == NULL) {
        exit(2);
    }
    key->numbers = EVP_RSA_gen(2048);
    key->signing = EVP_PKEY_CTX_new(key->numbers, NULL);
    key->verifying = EVP_PKEY_CTX_new(key->numbers, NULL);
    if (EVP_PKEY_sign_init(key->signing) <= 0 || !scheme(key->signing) || EVP_PKEY_verify_init(key->verifying) <= 0 ||
        !scheme(key->verifying)) {
        ERR_print_errors_fp(stderr);
        forget(key);
        return BROKEN;
    }
    *out = key;
    return ACCEPTED;
}

static enum answer sign(void *at, const uint8_t *digest, uint8_t *signature) {
    struct key *key = at;
    size_t length = MOST_SIGNATURE_BYTES;
    return EVP_PKEY_sign(key->signing, signature, &length, digest, number_bytes(RSA_2048)) > 0
               ? ACCEPTED
               : broken("OpenSSL does not sign");
}

static enum answer verify(void *at, const uint8_t *digest, const uint8_t *signature) {
    struct key *key = at;
    int good = EVP_PKEY_verify(key->verifying, signature, signature_bytes(RSA_2048), digest, number_bytes(RSA_2048));
    ERR_clear_error();
    return good == 1 ? ACCEPTED : REFUSED;
}

static enum answer prepare_file(const char *operation, const char *name, void **work) {
    static const struct message rows[] = {
        {"verify", "cms-rsa", "cms-rsa.der", "rsa-ca.pem"},
        {"open", "pkcs12-1024", "pkcs12-1024.p12", NULL},
        {"open", "pkcs12-2048", "pkcs12-2048.p12", NULL},
        {NULL, NULL, NULL, NULL},
    };
    return prepare_message(rows, operation, name, work);
}

int main(void) {
    static const struct driver driver = {about,  NULL, fresh_key,    NULL,       forget,        NULL, sign,
                                         verify, NULL, prepare_file, do_message, forget_message};
    return serve(&driver);
}
