/* Stands between a program and the network, and makes it worse than loopback can be.
 *
 *   NET_SNDBUF   bytes that a connection may hold unsent, as on a long line
 *   NET_DNS_MS   how long a name takes to be looked up
 *   NET_DNS_GIVES  the error that it gives then; 0 or nothing: the address, as without this
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int number(const char *name)
{
    const char *value = getenv(name);
    return value ? atoi(value) : 0;
}

int socket(int domain, int type, int protocol)
{
    int fd = NEXT(socket)(domain, type, protocol);
    int bytes = number("NET_SNDBUF");
    if (fd >= 0 && bytes > 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    return fd;
}

int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict out)
{
    usleep((useconds_t)number("NET_DNS_MS") * 1000);
    int error = number("NET_DNS_GIVES");
    return error ? error : NEXT(getaddrinfo)(node, service, hints, out);
}
