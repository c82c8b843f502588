/* A disk that takes its time: every fsync and fdatasync waits SLOW_DISK milliseconds. For LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_for_it(void) {
    const char *given = getenv("SLOW_DISK");
    if (given) usleep(1000u * (useconds_t)atoi(given));
}

int fsync(int file) {
    int (*own)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_for_it();
    return own(file);
}

int fdatasync(int file) {
    int (*own)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_for_it();
    return own(file);
}
