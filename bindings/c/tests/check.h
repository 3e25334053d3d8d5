/* What the tests share: checks that count, and the groups that `check` runs. */
#ifndef CHECK_H
#define CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <usercom.h>

/* Each returns whether it held, and does not end the test. */
#define CHECK(condition) check_that((condition) != 0, __FILE__, __LINE__, #condition)
#define CHECK_INT(actual, expected) \
    check_int((long long)(actual), (long long)(expected), __FILE__, __LINE__, #actual)
/* `text` is not NULL and has `part` in it. */
#define CHECK_TEXT(text, part) check_text(text, part, __FILE__, __LINE__, #text)
/* `call` returns this status, and every other than OK has set the last error. */
#define CHECK_STATUS(call, status) check_status((mark_last_error(), (call)), status, __FILE__, __LINE__, #call)

int check_that(int held, const char *file, int line, const char *what);
int check_int(long long actual, long long expected, const char *file, int line, const char *what);
int check_text(const char *text, const char *part, const char *file, int line, const char *what);
int check_status(int actual, int expected, const char *file, int line, const char *what);

/* Sets the last error to a known message, to see afterwards whether it was replaced. */
void mark_last_error(void);
int last_error_is_marked(void);

/* Threads other than the first may check, too. */
void lock_checks(void);
void unlock_checks(void);

double seconds(void);
void sleep_ms(unsigned ms);
/* 1, 2, ... n; to be freed. */
int64_t *ids_up_to(size_t n);
/* Whether it is one JSON value and nothing else. */
int is_json(const char *text);

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER_TOKEN "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

void invalid_arguments(void);
void many_values(void);
void options_by_name(void);
void arrow(void);
void ownership(void);
void normal(void);
void statuses(void);
void callbacks(void);
void journal(void);
void threads(void);
void forks(void);
void fork_among_threads(void);
void process(void);

#endif
