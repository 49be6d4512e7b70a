/* CMS and PKCS #12 through OpenSSL. Each time everything is parsed anew, as a service does it. */
#include "messages.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

static const char PASSWORD[] = "Tamga-test-1";

struct work {
    uint8_t *bytes;
    size_t length;
    uint8_t *content;
    size_t content_length;
    /* NULL for a key file. */
    X509_STORE *trusted;
};

static enum answer failed(const char *what) {
    ERR_print_errors_fp(stderr);
    return broken(what);
}

/* Trusts one authority, be it a root or not. */
static X509_STORE *trust(const char *file) {
    BIO *in = BIO_new_file(file_path(file), "r");
    X509 *authority = in != NULL ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
    X509_STORE *store = X509_STORE_new();
    BIO_free(in);
    if (authority == NULL || store == NULL || X509_STORE_add_cert(store, authority) != 1 ||
        X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) != 1 ||
        X509_STORE_set_purpose(store, X509_PURPOSE_ANY) != 1) {
        X509_STORE_free(store);
        store = NULL;
    }
    X509_free(authority);
    return store;
}

enum answer prepare_message(const struct message *rows, const char *operation, const char *name, void **out) {
    const struct message *row = rows;
    while (row->name != NULL && (strcmp(row->operation, operation) || strcmp(row->name, name))) {
        row++;
    }
    if (row->name == NULL) {
        return UNSUPPORTED;
    }
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL) {
        return broken("no memory");
    }
    *out = work;
    work->bytes = read_file(row->file, &work->length);
    if (row->authority != NULL) {
        work->content = read_file("content", &work->content_length);
        work->trusted = trust(row->authority);
        if (work->content == NULL || work->trusted == NULL) {
            return failed("the authority cannot be read");
        }
    } else if (OSSL_PROVIDER_load(NULL, "legacy") == NULL || OSSL_PROVIDER_load(NULL, "default") == NULL) {
        return failed("OpenSSL has no legacy algorithms");
    }
    return work->bytes != NULL ? ACCEPTED : BROKEN;
}

static enum answer verify_cms(const struct work *work) {
    const uint8_t *at = work->bytes;
    CMS_ContentInfo *message = d2i_CMS_ContentInfo(NULL, &at, (long)work->length);
    BIO *content = BIO_new_mem_buf(work->content, (int)work->content_length);
    int good = message != NULL && CMS_verify(message, NULL, work->trusted, content, NULL, CMS_BINARY) == 1;
    BIO_free(content);
    CMS_ContentInfo_free(message);
    return good ? ACCEPTED : failed("the message does not verify");
}

static enum answer open_pkcs12(const struct work *work) {
    const uint8_t *at = work->bytes;
    EVP_PKEY *key = NULL;
    X509 *certificate = NULL;
    STACK_OF(X509) *others = NULL;
    PKCS12 *file = d2i_PKCS12(NULL, &at, (long)work->length);
    int good = file != NULL && PKCS12_parse(file, PASSWORD, &key, &certificate, &others) == 1;
    EVP_PKEY_free(key);
    X509_free(certificate);
    sk_X509_pop_free(others, X509_free);
    PKCS12_free(file);
    return good ? ACCEPTED : failed("the key file does not open");
}

enum answer do_message(void *at) {
    const struct work *work = at;
    return work->trusted != NULL ? verify_cms(work) : open_pkcs12(work);
}

void forget_message(void *at) {
    struct work *work = at;
    X509_STORE_free(work->trusted);
    free(work->content);
    free(work->bytes);
    free(work);
}
