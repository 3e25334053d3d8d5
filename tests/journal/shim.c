/* Stands between a program and the system calls that touch its journal, and breaks the one that it is told to.
 *
 *   JSHIM_DIR    the journal's directory: calls on it and on *.journal* inside count, others pass
 *   JSHIM_LOG    where every one of them is noted: "<number> <name> <what came of it>"
 *   JSHIM_CALL   which to break: a name, or "*" for any
 *   JSHIM_NTH    the how manyth of those, counted from 1
 *   JSHIM_DO     "kill" (before it is done), "killafter", "short" (half is written, once),
 *                "full" (half is written, then the disk is full for good), "tear" (half is written, then killed),
 *                "late" (after two seconds), or the number of an error
 *   JSHIM_ALWAYS when set, every later one of those fails, too
 *   JSHIM_CLOCK  seconds by which the wall clock is wrong, once JSHIM_CLOCK_AFTER journal writes were made
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int total, hits, writes, broken;

static const char *env(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

static int is_ours(const char *path)
{
    const char *dir = env("JSHIM_DIR");
    size_t n = strlen(dir);
    if (n == 0 || strncmp(path, dir, n) != 0)
        return 0;
    return path[n] == '\0' || (path[n] == '/' && strstr(path + n, ".journal") != NULL);
}

static int is_ours_fd(int fd)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0)
        return 0;
    path[n] = '\0';
    return is_ours(path);
}

static void note(const char *name, const char *what)
{
    char line[128];
    int n = snprintf(line, sizeof line, "%d %s %s\n", total, name, what);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, env("JSHIM_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd >= 0) {
        syscall(SYS_write, fd, line, (size_t)n);
        syscall(SYS_close, fd);
    }
}

enum { PASS, FAIL, SHORT, KILL_AFTER };

/* What to do about this call. FAIL: errno is set. */
static int decide(const char *name)
{
    const char *wanted = env("JSHIM_CALL"), *what = env("JSHIM_DO");
    total++;
    if (strcmp(wanted, "*") != 0 && strcmp(wanted, name) != 0) {
        note(name, "passed");
        return PASS;
    }
    hits++;
    int nth = atoi(env("JSHIM_NTH"));
    if (hits != nth && !(hits > nth && (broken || (getenv("JSHIM_ALWAYS") && nth > 0)))) {
        note(name, "passed");
        return PASS;
    }
    note(name, what);
    if (strcmp(what, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(what, "killafter") == 0)
        return KILL_AFTER;
    if (strcmp(what, "short") == 0 || strcmp(what, "tear") == 0)
        return SHORT;
    if (strcmp(what, "late") == 0) {
        sleep(2);
        return PASS;
    }
    if (strcmp(what, "full") == 0) {
        if (!broken) {
            broken = 1;
            return SHORT;
        }
        errno = ENOSPC;
        return FAIL;
    }
    errno = atoi(what);
    return FAIL;
}

static void done(int decided)
{
    if (decided == KILL_AFTER)
        raise(SIGKILL);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRAP(ours, label, call)           \
    do {                                  \
        if (!(ours))                      \
            return call;                  \
        int decided = decide(label);      \
        if (decided == FAIL)              \
            return -1;                    \
        __typeof__(call) result = call;   \
        done(decided);                    \
        return result;                    \
    } while (0)

static int open_mode(int flags, va_list list)
{
    return flags & O_CREAT ? va_arg(list, int) : 0;
}

int open64(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    int mode = open_mode(flags, list);
    va_end(list);
    WRAP(is_ours(path), "open", NEXT(open64)(path, flags, mode));
}

int open(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    int mode = open_mode(flags, list);
    va_end(list);
    WRAP(is_ours(path), "open", NEXT(open)(path, flags, mode));
}

int mkdir(const char *path, mode_t mode) { WRAP(is_ours(path), "mkdir", NEXT(mkdir)(path, mode)); }
int flock(int fd, int operation)
{
    WRAP(is_ours_fd(fd), operation & LOCK_UN ? "unlock" : "flock", NEXT(flock)(fd, operation));
}
int ftruncate64(int fd, off64_t size) { WRAP(is_ours_fd(fd), "ftruncate", NEXT(ftruncate64)(fd, size)); }
int ftruncate(int fd, off_t size) { WRAP(is_ours_fd(fd), "ftruncate", NEXT(ftruncate)(fd, size)); }
int fsync(int fd) { WRAP(is_ours_fd(fd), "fsync", NEXT(fsync)(fd)); }
int fdatasync(int fd) { WRAP(is_ours_fd(fd), "fsync", NEXT(fdatasync)(fd)); }
int rename(const char *from, const char *to) { WRAP(is_ours(from), "rename", NEXT(rename)(from, to)); }
int unlink(const char *path) { WRAP(is_ours(path), "unlink", NEXT(unlink)(path)); }
ssize_t read(int fd, void *to, size_t n) { WRAP(is_ours_fd(fd), "read", NEXT(read)(fd, to, n)); }
off64_t lseek64(int fd, off64_t to, int whence) { WRAP(is_ours_fd(fd), "lseek", NEXT(lseek64)(fd, to, whence)); }
int statx(int fd, const char *restrict path, int flags, unsigned mask, struct statx *restrict out)
{
    /* The C library promises that it is never NULL; a program that only asks whether there is such a call passes it. */
    const char *volatile asked = path;
    if (asked == NULL)
        return NEXT(statx)(fd, path, flags, mask, out);
    WRAP(path[0] ? is_ours(path) : is_ours_fd(fd), "stat", NEXT(statx)(fd, path, flags, mask, out));
}

ssize_t write(int fd, const void *from, size_t n)
{
    if (!is_ours_fd(fd))
        return NEXT(write)(fd, from, n);
    writes++;
    int decided = decide("write");
    if (decided == FAIL)
        return -1;
    ssize_t written = NEXT(write)(fd, from, decided == SHORT ? n / 2 : n);
    if (decided == SHORT && strcmp(env("JSHIM_DO"), "tear") == 0)
        raise(SIGKILL);
    done(decided);
    return written;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (clock == CLOCK_REALTIME && writes >= atoi(env("JSHIM_CLOCK_AFTER")))
        now->tv_sec += atol(env("JSHIM_CLOCK"));
    return result;
}
