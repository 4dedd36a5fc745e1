/* Tests of files.c: what is removed. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../runner.h"

static void make(const char *script) {
  cr_assert_eq(system(script), 0);
}

/* Root may write anywhere, so this is tried as somebody else. */
Test(removal, of_what_cannot_be_read) {
  char folder[] = "/tmp/linkspec-files-XXXXXX";
  if (geteuid() == 0)
    cr_assert_eq(setuid(65534), 0);
  cr_assert_not_null(mkdtemp(folder));
  cr_assert_eq(chdir(folder), 0);
  make("mkdir -p a/b/c d && touch a/b/c/f d/g && ln -s /etc l && chmod 0 "
       "a/b/c a/b && chmod 500 d");
  cr_assert(files_remove_folder(folder));
  cr_assert_neq(access(folder, F_OK), 0);
}

Test(removal, of_links_and_not_what_they_name) {
  char folder[] = "/tmp/linkspec-files-XXXXXX";
  cr_assert_not_null(mkdtemp(folder));
  cr_assert_eq(chdir(folder), 0);
  make("mkdir kept gone && touch kept/f && ln -s ../kept gone/l");
  cr_assert(files_remove_folder("gone"));
  cr_assert_eq(access("kept/f", F_OK), 0);
  cr_assert(files_remove_folder(folder));
  cr_assert(files_remove_folder(folder), "what is gone is removed");
}
