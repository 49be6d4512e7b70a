/* libxmlsec1 over libxml2 and OpenSSL: enveloped XML signatures, parsed anew each time. */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <xmlsec/crypto.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

struct work {
    uint8_t *bytes;
    size_t length;
    xmlSecKeyPtr key;
};

static const char *about(void) {
    return "xmlsec1 " XMLSEC_VERSION " with libxml2 " LIBXML_DOTTED_VERSION;
}

static enum answer prepare_file(const char *operation, const char *name, void **out) {
    char file[64];
    if (strcmp(operation, "verify") || strncmp(name, "xml-", 4) || strlen(name) > 50) {
        return UNSUPPORTED;
    }
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL) {
        return broken("no memory");
    }
    *out = work;
    strcat(strcpy(file, name), ".xml");
    work->bytes = read_file(file, &work->length);
    work->key = xmlSecCryptoAppKeyLoad(file_path("rsa.pem"), xmlSecKeyDataFormatCertPem, NULL, NULL, NULL);
    return work->bytes != NULL && work->key != NULL ? ACCEPTED : broken("the document or the key cannot be read");
}

static enum answer do_file(void *at) {
    const struct work *work = at;
    xmlDocPtr document = xmlReadMemory((const char *)work->bytes, (int)work->length, NULL, NULL, XML_PARSE_HUGE);
    xmlNodePtr signature =
        document != NULL ? xmlSecFindNode(xmlDocGetRootElement(document), xmlSecNodeSignature, xmlSecDSigNs) : NULL;
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
    context->signKey = xmlSecKeyDuplicate(work->key);
    int good = signature != NULL && xmlSecDSigCtxVerify(context, signature) == 0 &&
               context->status == xmlSecDSigStatusSucceeded;
    xmlSecDSigCtxDestroy(context);
    xmlFreeDoc(document);
    return good ? ACCEPTED : broken("the document does not verify");
}

static void forget_file(void *at) {
    struct work *work = at;
    xmlSecKeyDestroy(work->key);
    free(work->bytes);
    free(work);
}

int main(void) {
    static const struct driver driver = {
        .about = about, .prepare_file = prepare_file, .do_file = do_file, .forget_file = forget_file};
    xmlInitParser();
    if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0) {
        return 2;
    }
    return serve(&driver);
}
