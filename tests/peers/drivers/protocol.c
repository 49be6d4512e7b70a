/* The line protocol of ../src/protocol.rs for drivers in C and C++: one request a line, one reply a line. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* Keys and signatures that a measured loop goes round: enough that branch prediction cannot learn one of them by
 * heart. */
enum { POOL = 16 };

enum { MOST_WORDS = 5 };

struct pool {
    void *keys[POOL];
    uint8_t digests[POOL][MOST_DIGEST_BYTES];
    uint8_t signatures[POOL][MOST_SIGNATURE_BYTES];
};

static const char *const KIND_NAMES[KINDS] = {"crypto-pro-A", "tc26-256-A", "tc26-512-A", "rsa-2048"};
static const char FILE_PREFIX[] = "file:";
static const char *const HASH_NAMES[HASHES] = {"gost34311", "streebog-256", "streebog-512"};

static int answer_line(const struct driver *driver, char *line);
static int answer_hash(const struct driver *driver, const char *name, const char *text);
static int answer_key(const struct driver *driver, int count, char *const *words);
static void answer_bench(const struct driver *driver, const char *operation, char *subject, const char *iterations);
static void say_value(enum answer answer, const uint8_t *bytes, size_t length);
static void say_failure(enum answer answer);
static int find(const char *const *names, int count, const char *name);
static int read_hex(const char *text, uint8_t *out, size_t length);
static int nibble(char digit);

int serve(const struct driver *driver) {
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&line, &room, stdin)) > 0) {
        line[strcspn(line, "\n")] = 0;
        if (!answer_line(driver, line)) {
            printf("error the request is malformed\n");
        }
        if (fflush(stdout) != 0) {
            break;
        }
    }
    free(line);
    return ferror(stdin) || ferror(stdout);
}

size_t number_bytes(enum kind kind) {
    return kind == TC26_512_A ? 64 : 32;
}

size_t signature_bytes(enum kind kind) {
    return kind == RSA_2048 ? 256 : 2 * number_bytes(kind);
}

size_t digest_bytes(enum hash hash) {
    return hash == STREEBOG_512 ? 64 : 32;
}

void reverse(const uint8_t *in, size_t length, uint8_t *out) {
    for (size_t i = 0; i < length; i++) {
        out[i] = in[length - 1 - i];
    }
}

void fill_random(uint8_t *out, size_t length) {
    while (length > 0) {
        ssize_t got = getrandom(out, length, 0);
        if (got <= 0) {
            perror("getrandom");
            exit(2);
        }
        out += got;
        length -= (size_t)got;
    }
}

const char *file_path(const char *name) {
    static char path[4096];
    const char *folder = getenv("TAMGA_PEERS_FILES");
    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : ".", name);
    return path;
}

uint8_t *read_file(const char *name, size_t *length) {
    FILE *file = fopen(file_path(name), "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(file_path(name));
        return NULL;
    }
    *length = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = (uint8_t *)malloc(*length + 1);
    if (bytes == NULL || fread(bytes, 1, *length, file) != *length) {
        perror(file_path(name));
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    return bytes;
}

enum answer broken(const char *what) {
    fprintf(stderr, "%s\n", what);
    return BROKEN;
}

/* 0 if the line is no request. */
static int answer_line(const struct driver *driver, char *line) {
    char *words[MOST_WORDS] = {0};
    int count = 0;
    for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " ")) {
        if (count == MOST_WORDS) {
            return 0;
        }
        words[count++] = word;
    }
    if (count == 1 && !strcmp(words[0], "about")) {
        printf("about %s\n", driver->about());
        return 1;
    }
    if (count == 4 && !strcmp(words[0], "bench")) {
        answer_bench(driver, words[1], words[2], words[3]);
        return 1;
    }
    if ((count == 2 || count == 3) && !strcmp(words[0], "hash")) {
        return answer_hash(driver, words[1], count == 3 ? words[2] : "");
    }
    return count >= 3 && answer_key(driver, count, words);
}

/* `hash ALGORITHM [MESSAGE]` */
static int answer_hash(const struct driver *driver, const char *name, const char *text) {
    int hash = find(HASH_NAMES, HASHES, name);
    size_t length = strlen(text) / 2;
    uint8_t *message = (uint8_t *)malloc(length + 1);
    uint8_t digest[MOST_DIGEST_BYTES];
    int understood = hash >= 0 && message != NULL && read_hex(text, message, length);
    if (understood) {
        enum answer answer = driver->hash ? driver->hash((enum hash)hash, message, length, digest) : UNSUPPORTED;
        say_value(answer, digest, digest_bytes((enum hash)hash));
    }
    free(message);
    return understood;
}

/* `public CURVE D`, `sign CURVE D DIGEST`, `verify CURVE XY DIGEST RS` */
static int answer_key(const struct driver *driver, int count, char *const *words) {
    const char *verb = words[0];
    int found = find(KIND_NAMES, KINDS, words[1]);
    if (found < 0 || found == RSA_2048) {
        return 0;
    }
    enum kind kind = (enum kind)found;
    size_t n = number_bytes(kind);
    uint8_t first[2 * MOST_NUMBER_BYTES], digest[MOST_NUMBER_BYTES], pair[2 * MOST_NUMBER_BYTES];
    int public_key = count == 3 && !strcmp(verb, "public") && read_hex(words[2], first, n);
    int sign = count == 4 && !strcmp(verb, "sign") && read_hex(words[2], first, n) && read_hex(words[3], digest, n);
    int verify = count == 5 && !strcmp(verb, "verify") && read_hex(words[2], first, 2 * n) &&
                 read_hex(words[3], digest, n) && read_hex(words[4], pair, 2 * n);
    if (!public_key && !sign && !verify) {
        return 0;
    }
    void *key = NULL;
    enum answer answer = UNSUPPORTED;
    if (driver->private_key != NULL) {
        answer = verify ? driver->public_key(kind, first, &key) : driver->private_key(kind, first, &key);
    }
    if (answer == ACCEPTED) {
        answer = public_key ? driver->point(key, pair)
                 : sign     ? driver->sign(key, digest, pair)
                            : driver->verify(key, digest, pair);
    }
    if (verify && (answer == ACCEPTED || answer == REFUSED)) {
        puts(answer == ACCEPTED ? "yes" : "no");
    } else {
        say_value(answer, pair, 2 * n);
    }
    if (key != NULL) {
        driver->forget(key);
    }
    return 1;
}

static double thread_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static enum answer fresh_key(const struct driver *driver, enum kind kind, void **key) {
    if (driver->fresh_key != NULL) {
        return driver->fresh_key(kind, key);
    }
    uint8_t d[MOST_NUMBER_BYTES];
    fill_random(d, sizeof d);
    /* Below q of every curve. */
    d[number_bytes(kind) - 1] &= 0x3F;
    return driver->private_key != NULL ? driver->private_key(kind, d, key) : UNSUPPORTED;
}

/* Different keys, except for RSA where making one takes too long; a signature of each. */
static enum answer fill_pool(const struct driver *driver, enum kind kind, struct pool *pool) {
    for (int i = 0; i < POOL; i++) {
        enum answer answer = ACCEPTED;
        if (kind == RSA_2048 && i > 0) {
            pool->keys[i] = pool->keys[0];
        } else {
            answer = fresh_key(driver, kind, &pool->keys[i]);
        }
        fill_random(pool->digests[i], MOST_DIGEST_BYTES);
        if (answer == ACCEPTED) {
            answer = driver->sign(pool->keys[i], pool->digests[i], pool->signatures[i]);
        }
        if (answer != ACCEPTED) {
            return answer;
        }
    }
    return ACCEPTED;
}

static void empty_pool(const struct driver *driver, enum kind kind, struct pool *pool) {
    for (int i = 0; i < POOL && pool->keys[i] != NULL; i++) {
        if (kind != RSA_2048 || i == 0) {
            driver->forget(pool->keys[i]);
        }
    }
}

static enum answer bench_keys(const struct driver *driver, const char *operation, enum kind kind, long iterations,
                              double *nanoseconds) {
    struct pool pool;
    memset(&pool, 0, sizeof pool);
    enum answer answer = fill_pool(driver, kind, &pool);
    double start = thread_nanoseconds();
    if (!strcmp(operation, "sign")) {
        for (long i = 0; i < iterations && answer == ACCEPTED; i++) {
            uint8_t *digest = pool.digests[i % POOL];
            digest[0]++;
            answer = driver->sign(pool.keys[0], digest, pool.signatures[i % POOL]);
        }
    } else if (!strcmp(operation, "verify")) {
        for (long i = 0; i < iterations && answer == ACCEPTED; i++) {
            answer = driver->verify(pool.keys[i % POOL], pool.digests[i % POOL], pool.signatures[i % POOL]);
        }
    } else if (!strcmp(operation, "key") && kind != RSA_2048) {
        for (long i = 0; i < iterations && answer == ACCEPTED; i++) {
            void *key = NULL;
            answer = fresh_key(driver, kind, &key);
            if (answer == ACCEPTED) {
                driver->forget(key);
            }
        }
    } else {
        answer = UNSUPPORTED;
    }
    *nanoseconds = (thread_nanoseconds() - start) / (double)iterations;
    empty_pool(driver, kind, &pool);
    return answer == REFUSED ? broken("the library refuses what it made itself") : answer;
}

static enum answer bench_hash(const struct driver *driver, enum hash hash, size_t length, long iterations,
                              double *nanoseconds) {
    uint8_t *message = (uint8_t *)malloc(length + 1);
    uint8_t digest[MOST_DIGEST_BYTES];
    if (driver->hash == NULL || message == NULL) {
        free(message);
        return driver->hash == NULL ? UNSUPPORTED : broken("no memory");
    }
    fill_random(message, length);
    enum answer answer = ACCEPTED;
    double start = thread_nanoseconds();
    for (long i = 0; i < iterations && answer == ACCEPTED; i++) {
        answer = driver->hash(hash, message, length, digest);
    }
    *nanoseconds = (thread_nanoseconds() - start) / (double)iterations;
    free(message);
    return answer;
}

static enum answer bench_file(const struct driver *driver, const char *operation, const char *name, long iterations,
                              double *nanoseconds) {
    void *work = NULL;
    enum answer answer =
        driver->prepare_file != NULL ? driver->prepare_file(operation, name, &work) : UNSUPPORTED;
    if (answer != ACCEPTED) {
        return answer;
    }
    double start = thread_nanoseconds();
    for (long i = 0; i < iterations && answer == ACCEPTED; i++) {
        answer = driver->do_file(work);
    }
    *nanoseconds = (thread_nanoseconds() - start) / (double)iterations;
    driver->forget_file(work);
    return answer == REFUSED ? broken("the library refuses a good file") : answer;
}

static void answer_bench(const struct driver *driver, const char *operation, char *subject, const char *iterations) {
    long count = atol(iterations);
    enum answer answer = UNSUPPORTED;
    double nanoseconds = 0;
    char *length = strchr(subject, '/');
    if (count < 1) {
        answer = broken("the number of iterations is malformed");
    } else if (!strncmp(subject, FILE_PREFIX, strlen(FILE_PREFIX))) {
        answer = bench_file(driver, operation, subject + strlen(FILE_PREFIX), count, &nanoseconds);
    } else if (!strcmp(operation, "hash") && length != NULL) {
        *length++ = 0;
        int hash = find(HASH_NAMES, HASHES, subject);
        if (hash >= 0) {
            answer = bench_hash(driver, (enum hash)hash, (size_t)atol(length), count, &nanoseconds);
        }
    } else {
        int kind = find(KIND_NAMES, KINDS, subject);
        if (kind >= 0) {
            answer = bench_keys(driver, operation, (enum kind)kind, count, &nanoseconds);
        }
    }
    if (answer == ACCEPTED) {
        printf("nanoseconds %.1f\n", nanoseconds);
    } else {
        say_failure(answer);
    }
}

/* The bytes of an accepted request, or why there are none. */
static void say_value(enum answer answer, const uint8_t *bytes, size_t length) {
    if (answer != ACCEPTED) {
        say_failure(answer);
        return;
    }
    fputs("value ", stdout);
    for (size_t i = 0; i < length; i++) {
        printf("%02x", bytes[i]);
    }
    putchar('\n');
}

static void say_failure(enum answer answer) {
    switch (answer) {
    case REFUSED:
        puts("refused");
        break;
    case UNSUPPORTED:
        puts("unsupported");
        break;
    default:
        puts("error the library failed");
    }
}

static int find(const char *const *names, int count, const char *name) {
    for (int i = 0; i < count; i++) {
        if (!strcmp(names[i], name)) {
            return i;
        }
    }
    return -1;
}

/* 0 unless `text` is exactly `length` bytes in hexadecimal. */
static int read_hex(const char *text, uint8_t *out, size_t length) {
    if (strlen(text) != 2 * length) {
        return 0;
    }
    for (size_t i = 0; i < length; i++) {
        int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return 0;
        }
        out[i] = (uint8_t)(high << 4 | low);
    }
    return 1;
}

static int nibble(char digit) {
    return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}
