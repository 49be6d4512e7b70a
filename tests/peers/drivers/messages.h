/* CMS and PKCS #12 through OpenSSL, for every driver that has it: what `struct driver` wants of files. */
#ifndef TAMGA_PEERS_MESSAGES_H
#define TAMGA_PEERS_MESSAGES_H

#include "protocol.h"

/* One file a driver can read. */
struct message {
    const char *operation;
    const char *name;
    /* In the folder. */
    const char *file;
    /* The authority of a CMS; NULL for a key file. */
    const char *authority;
};

/* Finds the row, ended by one of zeros; UNSUPPORTED if there is none. */
enum answer prepare_message(const struct message *rows, const char *operation, const char *name, void **work);
enum answer do_message(void *work);
void forget_message(void *work);

#endif
