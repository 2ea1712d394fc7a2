// A library for LD_PRELOAD that makes calls on files below a folder fail.
//
//   P2P_SHIM=<call>:<n>:<what>:<mark>:<folder>
//     call  write pwrite fsync fdatasync ftruncate rename open any
//     n     which of them, counted in each process
//     what  EIO, ENOSPC, short (half is written), kill or stop (before the call)
//     mark  a file that is made when it happens; it happens once in all processes together
//   P2P_SHIM_SPACE=<bytes>:<counter>:<folder>
//     ENOSPC once so many bytes were written in all processes together; the counter is a file of
//     eight bytes, and who writes 0 into it gives room again
//   P2P_SHIM_MEMORY=<bytes>:<mark>
//     the first anonymous mapping of so many bytes fails, once in all processes together
//   P2P_SHIM_CLOCK=<file>
//     the wall clock is off by the seconds in a file of eight bytes, at any time
//
// Who syncs a descriptor again after its sync failed gets a line in <mark>.retried: the kernel has
// dropped the pages, and the second call would lie. SQLite's own files are left out of that.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum what { NOTHING, FAIL, SHORT };

static char call_name[16], what_name[16], mark[PATH_MAX], folder[PATH_MAX], space_folder[PATH_MAX];
static long nth, space_limit;
static atomic_long calls;
static atomic_int failed_sync = -1;
static _Atomic int64_t *space_used, *clock_offset;
static long memory_limit;
static char memory_mark[PATH_MAX];

static void *shared(const char *path) {
  int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  if (file < 0) return NULL;
  void *memory = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  syscall(SYS_close, file);
  return memory == MAP_FAILED ? NULL : memory;
}

__attribute__((constructor)) static void read_environment(void) {
  const char *text = getenv("P2P_SHIM");
  if (text) {
    sscanf(text, "%15[^:]:%ld:%15[^:]:%4000[^:]:%4000s", call_name, &nth, what_name, mark, folder);
  }
  char counter[PATH_MAX];
  text = getenv("P2P_SHIM_SPACE");
  if (text && sscanf(text, "%ld:%4000[^:]:%4000s", &space_limit, counter, space_folder) == 3) {
    space_used = shared(counter);
  }
  text = getenv("P2P_SHIM_MEMORY");
  if (text) sscanf(text, "%ld:%4000s", &memory_limit, memory_mark);
  text = getenv("P2P_SHIM_CLOCK");
  if (text) clock_offset = shared(text);
}

static int is_below(const char *path, const char *base) {
  size_t length = strlen(base);
  return length > 0 && strncmp(path, base, length) == 0;
}

static void path_of(int file, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  path[length > 0 ? length : 0] = 0;
}

// Makes the mark; 0 where another process was first.
static int is_first(const char *mark) {
  int file = (int)syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file >= 0) syscall(SYS_close, file);
  return file >= 0;
}

static enum what verdict(const char *name, const char *path) {
  if (!nth || !is_below(path, folder)) return NOTHING;
  if (strcmp(call_name, "any") != 0 && strcmp(call_name, name) != 0) return NOTHING;
  if (atomic_fetch_add(&calls, 1) + 1 != nth || !is_first(mark)) return NOTHING;
  if (strcmp(what_name, "kill") == 0) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  if (strcmp(what_name, "stop") == 0) {
    kill(getpid(), SIGSTOP);
    return NOTHING;
  }
  if (strcmp(what_name, "short") == 0) return SHORT;
  errno = strcmp(what_name, "ENOSPC") == 0 ? ENOSPC : EIO;
  return FAIL;
}

static enum what verdict_of(const char *name, int file) {
  if (!nth) return NOTHING;
  char path[PATH_MAX];
  path_of(file, path);
  return verdict(name, path);
}

static int has_room(int file, size_t count) {
  if (!space_used) return 1;
  char path[PATH_MAX];
  path_of(file, path);
  if (!is_below(path, space_folder)) return 1;
  if (atomic_load(space_used) + (int64_t)count > space_limit) {
    errno = ENOSPC;
    return 0;
  }
  atomic_fetch_add(space_used, (int64_t)count);
  return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *bytes, size_t count) {
  enum what what = verdict_of("write", file);
  if (what == FAIL || !has_room(file, count)) return -1;
  return NEXT(write)(file, bytes, what == SHORT && count > 1 ? count / 2 : count);
}

static ssize_t place(int file, const void *bytes, size_t count, off_t offset) {
  enum what what = verdict_of("pwrite", file);
  if (what == FAIL || !has_room(file, count)) return -1;
  return syscall(
      SYS_pwrite64, file, bytes, what == SHORT && count > 1 ? count / 2 : count, offset);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  return place(file, bytes, count, offset);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  return place(file, bytes, count, offset);
}

static int begin_sync(const char *name, int file) {
  char path[PATH_MAX];
  path_of(file, path);
  if (atomic_load(&failed_sync) == file && !strstr(path, "p2p.db")) {
    char note[PATH_MAX + 16];
    snprintf(note, sizeof note, "%s.retried", mark);
    int notes = (int)syscall(SYS_openat, AT_FDCWD, note, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (notes >= 0) {
      syscall(SYS_write, notes, path, strlen(path));
      syscall(SYS_write, notes, "\n", 1);
      syscall(SYS_close, notes);
    }
  }
  if (verdict(name, path) != FAIL) return 0;
  atomic_store(&failed_sync, file);
  return -1;
}
int fsync(int file) { return begin_sync("fsync", file) ? -1 : NEXT(fsync)(file); }
int fdatasync(int file) { return begin_sync("fdatasync", file) ? -1 : NEXT(fdatasync)(file); }

int close(int file) {
  int same = file;
  atomic_compare_exchange_strong(&failed_sync, &same, -1);
  return NEXT(close)(file);
}

int ftruncate(int file, off_t size) {
  return verdict_of("ftruncate", file) == FAIL ? -1 : (int)syscall(SYS_ftruncate, file, size);
}
int ftruncate64(int file, off64_t size) { return ftruncate(file, size); }

int rename(const char *from, const char *to) {
  return verdict("rename", to) == FAIL ? -1 : NEXT(rename)(from, to);
}

static int open_at(int base, const char *path, int flags, mode_t mode) {
  if ((flags & O_CREAT) && verdict("open", path) == FAIL) return -1;
  return (int)syscall(SYS_openat, base, path, flags, mode);
}

#define MODE(last)                                               \
  mode_t mode = 0;                                               \
  if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {   \
    va_list more;                                                \
    va_start(more, last);                                        \
    mode = va_arg(more, mode_t);                                 \
    va_end(more);                                                \
  }

int open(const char *path, int flags, ...) {
  MODE(flags)
  return open_at(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE(flags)
  return open_at(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
int openat(int base, const char *path, int flags, ...) {
  MODE(flags)
  return open_at(base, path, flags, mode);
}
int openat64(int base, const char *path, int flags, ...) {
  MODE(flags)
  return open_at(base, path, flags | O_LARGEFILE, mode);
}

// Tensors' memory: anonymous, and asked for by name. What the C library maps for itself does not pass here;
// what is twice as large is another library's own.
static void *map(void *at, size_t bytes, int access, int flags, int file, off_t offset) {
  if (memory_limit && (flags & MAP_ANONYMOUS) && bytes >= (size_t)memory_limit &&
      bytes / 2 < (size_t)memory_limit && is_first(memory_mark)) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  return (void *)syscall(SYS_mmap, at, bytes, access, flags, file, offset);
}

void *mmap(void *at, size_t bytes, int access, int flags, int file, off_t offset) {
  return map(at, bytes, access, flags, file, offset);
}
void *mmap64(void *at, size_t bytes, int access, int flags, int file, off_t offset) {
  return map(at, bytes, access, flags, file, offset);
}

static int64_t offset(void) { return clock_offset ? atomic_load(clock_offset) : 0; }

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += offset();
  }
  return result;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result = (int)syscall(SYS_gettimeofday, now, zone);
  if (result == 0) now->tv_sec += offset();
  return result;
}
time_t time(time_t *now) {
  struct timespec here;
  clock_gettime(CLOCK_REALTIME, &here);
  if (now) *now = here.tv_sec;
  return here.tv_sec;
}
