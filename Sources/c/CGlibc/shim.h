// glibc has it, for programs that define _GNU_SOURCE; Swift's Glibc module does not.
int sync_file_range(int descriptor, long offset, long count, unsigned int flags);
