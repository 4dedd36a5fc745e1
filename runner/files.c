/* files.c: bytes of files, and the output.

   Takes paths, gives bytes that stay in place until files_close(): a regular
   file is mapped, anything else (a pipe, a device) is read.  Rule of thumb for
   the output: whoever looks at its name sees the old module or the new one,
   never a part. */

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner.h"

/* Of what is read, not mapped: /dev/zero has no end. */
#define MAX_STREAM ((size_t)1 << 30)

static bool map_file(int fd, size_t size, OpenFile *f) {
  void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (p == MAP_FAILED)
    return false;
  *f = (OpenFile){p, size, true};
  return true;
}

/* At least one byte more than n, twice as many as before. */
static bool grow(u8 **p, size_t *cap, size_t n) {
  if (n < *cap)
    return true;
  size_t wider = *cap ? *cap * 2 : 4096;
  u8 *q = n < MAX_STREAM ? realloc(*p, wider) : NULL;
  if (!q) {
    errno = n < MAX_STREAM ? ENOMEM : EFBIG;
    return false;
  }
  *p = q;
  *cap = wider;
  return true;
}

static bool read_stream(int fd, OpenFile *f) {
  u8 *p = NULL;
  size_t n = 0, cap = 0;
  while (grow(&p, &cap, n)) {
    ssize_t got = read(fd, p + n, cap - n);
    if (got > 0) {
      n += (size_t)got;
    } else if (got == 0) {
      *f = (OpenFile){p, n, false};
      return true;
    } else if (errno != EINTR) {
      break;
    }
  }
  free(p);
  return false;
}

static bool read_fd(int fd, OpenFile *f) {
  struct stat st;
  if (fstat(fd, &st) != 0)
    return false;
  if (S_ISDIR(st.st_mode)) {
    errno = EISDIR;
    return false;
  }
  if (S_ISREG(st.st_mode) && st.st_size > 0)
    return map_file(fd, (size_t)st.st_size, f);
  return read_stream(fd, f);
}

static OpenFile *add_file(FileSet *set) {
  if (set->n == set->cap) {
    size_t cap = set->cap ? set->cap * 2 : 16;
    OpenFile *p = realloc(set->p, cap * sizeof *p);
    if (!p)
      return NULL;
    set->p = p;
    set->cap = cap;
  }
  return &set->p[set->n];
}

static bool open_on_disk(void *host, const char *path, const u8 **bytes,
                         size_t *size) {
  FileSet *set = host;
  OpenFile *f = add_file(set);
  int fd = f ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0)
    return false;
  bool ok = read_fd(fd, f);
  int reason = errno;
  close(fd);
  errno = reason;
  if (!ok)
    return false;
  set->n++;
  *bytes = f->bytes;
  *size = f->size;
  return true;
}

Files files_of_disk(FileSet *set) {
  return (Files){open_on_disk, set};
}

void files_close(FileSet *set) {
  for (size_t i = 0; i < set->n; i++) {
    if (set->p[i].mapped)
      munmap(set->p[i].bytes, set->p[i].size);
    else
      free(set->p[i].bytes);
  }
  free(set->p);
  *set = (FileSet){0};
}

static bool write_all(int fd, const u8 *p, size_t n) {
  while (n) {
    ssize_t wrote = write(fd, p, n);
    if (wrote < 0 && errno == EINTR)
      continue;
    if (wrote < 0)
      return false;
    p += wrote;
    n -= (size_t)wrote;
  }
  return true;
}

/* Writes and closes fd.  False with errno set. */
static bool write_fd(int fd, const u8 *p, size_t n) {
  if (fd < 0)
    return false;
  bool ok = write_all(fd, p, n);
  int reason = errno;
  if (close(fd) != 0 && ok)
    return false;
  errno = reason;
  return ok;
}

/* A new file beside path; *name is to be freed. */
static int create_beside(const char *path, unsigned mode, char **name) {
  for (unsigned i = 0; i < 100; i++) {
    if (asprintf(name, "%s.tmp%ld-%u", path, (long)getpid(), i) < 0) {
      *name = NULL;
      return -1;
    }
    int fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd >= 0 || errno != EEXIST)
      return fd;
    free(*name);
    *name = NULL;
  }
  return -1;
}

static bool replace_file(const char *path, const u8 *bytes, size_t size,
                         unsigned mode) {
  char *name = NULL;
  int fd = create_beside(path, mode, &name);
  bool ok = write_fd(fd, bytes, size) && rename(name, path) == 0;
  int reason = errno;
  if (!ok && fd >= 0)
    unlink(name);
  free(name);
  errno = reason;
  return ok;
}

bool files_write(const char *path, const u8 *bytes, size_t size,
                 unsigned mode) {
  if (strcmp(path, "-") == 0)
    return fflush(stdout) == 0 && write_all(STDOUT_FILENO, bytes, size);
  struct stat st;
  bool exists = stat(path, &st) == 0;
  if (exists && S_ISDIR(st.st_mode)) {
    errno = EISDIR;
    return false;
  }
  if (exists && !S_ISREG(st.st_mode)) /* /dev/null, a pipe */
    return write_fd(open(path, O_WRONLY | O_CLOEXEC), bytes, size);
  return replace_file(path, bytes, size, mode);
}

/* False with errno set; what is gone already is well removed. */
static bool remove_entry(const FTSENT *e) {
  switch (e->fts_info) {
  case FTS_D: /* before it is opened */
    chmod(e->fts_accpath, 0700);
    return true;
  case FTS_DP: return rmdir(e->fts_accpath) == 0 || errno == ENOENT;
  default: return unlink(e->fts_accpath) == 0 || errno == ENOENT;
  }
}

bool files_remove_folder(const char *path) {
  char *paths[] = {(char *)(uintptr_t)path, NULL};
  FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
  if (!tree)
    return false;
  int reason = 0;
  for (FTSENT *e; (e = fts_read(tree));)
    if (!remove_entry(e))
      reason = errno;
  fts_close(tree);
  errno = reason;
  return reason == 0;
}
