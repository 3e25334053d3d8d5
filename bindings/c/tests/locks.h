/* Tells ThreadSanitizer of locks that std takes in code of its own, which isn't instrumented: `TAKEN(function)` for
 * each of the functions that take a lock which wasn't free. Linked with --wrap=function. They give a lock back in
 * code that is inlined into the library, and instrumented. */
#ifndef LOCKS_H
#define LOCKS_H

void __tsan_acquire(void *address);

#define TAKEN(function)                 \
    void __real_##function(void *lock); \
    void __wrap_##function(void *lock); \
    void __wrap_##function(void *lock) { \
        __real_##function(lock);        \
        __tsan_acquire(lock);           \
    }

#endif
