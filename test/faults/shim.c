/*
 * A disk that fails and a clock that jumps, on command.
 *
 * Loaded before the C library (LD_PRELOAD). Reads its commands from the file that TIDINGS_FAULTS names, which is mapped into memory: whoever writes
 * there changes what happens from the next call on. Commands are lines, the file is padded with zero bytes:
 *
 *   write PART ERRNO     writing to a file whose path contains PART fails with this number
 *   sync PART ERRNO      flushing one does; what was written stays in memory and is lost to the disk, as on Linux
 *   delay PART MS        flushing one takes so much longer
 *   clock SECONDS        the time of day is off by so much
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define SIZE 4096
#define REAL(name) ((__typeof__(&name))real(#name))

static const char *commands;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("TIDINGS_FAULTS");
  int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return;
  void *mapped = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) commands = mapped;
}

/* The number in the first command of this kind that fits the path; 0 if there is none. */
static long command(const char *kind, const char *path) {
  char copy[SIZE + 1];
  if (commands == NULL || commands[0] == 0) return 0;
  memcpy(copy, commands, SIZE);
  copy[SIZE] = 0;
  char *rest = NULL;
  for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    char said[16], part[256];
    long number;
    if (strncmp(line, "clock ", 6) == 0) {
      if (strcmp(kind, "clock") == 0) return atol(line + 6);
    } else if (path != NULL && sscanf(line, "%15s %255s %ld", said, part, &number) == 3 && strcmp(said, kind) == 0 &&
               strstr(path, part) != NULL) {
      return number;
    }
  }
  return 0;
}

static long command_for(const char *kind, int fd) {
  char link[64], path[PATH_MAX + 1];
  if (commands == NULL || commands[0] == 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX);
  if (length < 0) return 0;
  path[length] = 0;
  return command(kind, path);
}

static int fails(const char *kind, int fd) {
  int kept = errno;
  long number = command_for(kind, fd);
  errno = number != 0 ? (int)number : kept;
  return number != 0;
}

static void delays(int fd) {
  long ms = command_for("delay", fd);
  if (ms > 0) usleep((useconds_t)ms * 1000);
}

ssize_t write(int fd, const void *data, size_t size) { return fails("write", fd) ? -1 : REAL(write)(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
  return fails("write", fd) ? -1 : REAL(pwrite)(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  return fails("write", fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  return fails("write", fd) ? -1 : REAL(writev)(fd, parts, count);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  return fails("write", fd) ? -1 : REAL(pwritev)(fd, parts, count, at);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  return fails("write", fd) ? -1 : REAL(pwritev64)(fd, parts, count, at);
}
int fsync(int fd) {
  delays(fd);
  return fails("sync", fd) ? -1 : REAL(fsync)(fd);
}
int fdatasync(int fd) {
  delays(fd);
  return fails("sync", fd) ? -1 : REAL(fdatasync)(fd);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = REAL(clock_gettime)(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += command("clock", NULL);
  return result;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result = REAL(gettimeofday)(now, zone);
  if (result == 0) now->tv_sec += command("clock", NULL);
  return result;
}
time_t time(time_t *into) {
  time_t now = REAL(time)(NULL) + command("clock", NULL);
  if (into != NULL) *into = now;
  return now;
}
