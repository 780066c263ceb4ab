/* A disk that fails when told to. Loaded before everything else (LD_PRELOAD), it stands between a
   program and the C library, counts the calls that one thread makes on files below one folder, and
   lets some of them fail as a disk would. See FailingDisk.java. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { READ = 1, WRITE = 2, FORCE = 4, NAME = 8 };
enum { SHORT = -1 };

static __thread int planned; /* only the thread that planned is harmed */
static char under[PATH_MAX];
static long first, last, calls, hits;
static int fault, kinds;

void failing_disk_plan(const char *folder, long from, long to, int error, int which) {
  snprintf(under, sizeof under, "%s/", folder);
  first = from;
  last = to;
  fault = error;
  kinds = which;
  calls = 0;
  hits = 0;
  planned = 1;
}

void failing_disk_heal(void) { planned = 0; }
long failing_disk_calls(void) { return calls; }
long failing_disk_hits(void) { return hits; }

/* Whether this call is one to fail; the fault is then SHORT or in errno. */
static int fails(int kind, const char *path) {
  if (!planned || !(kinds & kind) || strncmp(path, under, strlen(under)) != 0) return 0;
  long n = ++calls;
  if (n < first || n > last) return 0;
  hits++;
  if (fault != SHORT) errno = fault;
  return 1;
}

static int fails_fd(int kind, int fd) {
  if (!planned || !(kinds & kind)) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return fails(kind, path);
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define WRITES(name, type) \
  ssize_t name(int fd, const void *from, size_t size, type at) { \
    REAL(name); \
    if (!fails_fd(WRITE, fd)) return real(fd, from, size, at); \
    return fault == SHORT ? real(fd, from, size > 1 ? size / 2 : size, at) : -1; \
  }
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t write(int fd, const void *from, size_t size) {
  REAL(write);
  if (!fails_fd(WRITE, fd)) return real(fd, from, size);
  return fault == SHORT ? real(fd, from, size > 1 ? size / 2 : size) : -1;
}

#define READS(name, type) \
  ssize_t name(int fd, void *to, size_t size, type at) { \
    REAL(name); \
    if (!fails_fd(READ, fd)) return real(fd, to, size, at); \
    return fault == SHORT ? real(fd, to, size > 1 ? size / 2 : size, at) : -1; \
  }
READS(pread, off_t)
READS(pread64, off64_t)

ssize_t read(int fd, void *to, size_t size) {
  REAL(read);
  if (!fails_fd(READ, fd)) return real(fd, to, size);
  return fault == SHORT ? real(fd, to, size > 1 ? size / 2 : size) : -1;
}

#define ON_FD(name, kind, declared, given) \
  int name declared { \
    REAL(name); \
    if (fails_fd(kind, fd) && fault != SHORT) return -1; \
    return real given; \
  }
ON_FD(fsync, FORCE, (int fd), (fd))
ON_FD(fdatasync, FORCE, (int fd), (fd))
ON_FD(ftruncate, WRITE, (int fd, off_t size), (fd, size))
ON_FD(ftruncate64, WRITE, (int fd, off64_t size), (fd, size))

#define ON_PATH(name, declared, given) \
  int name declared { \
    REAL(name); \
    if (fails(NAME, path) && fault != SHORT) return -1; \
    return real given; \
  }
ON_PATH(unlink, (const char *path), (path))
ON_PATH(rmdir, (const char *path), (path))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(link, (const char *path, const char *to), (path, to))

#define OPENS(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0; \
    va_end(more); \
    if (fails(NAME, path) && fault != SHORT) return -1; \
    return real(path, flags, mode); \
  }
OPENS(open)
OPENS(open64)
