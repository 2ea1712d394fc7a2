#pragma once
#include "CJPEG.h"
#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>

// Where libjpeg's errors go instead of exit().
typedef struct {
  struct jpeg_error_mgr pub;
  jmp_buf place;
  volatile int code;
  char *message;
} trap;

// Fills the trap in; what it returns belongs into `err` of a libjpeg object.
struct jpeg_error_mgr *cjpeg_trap(trap *trap, char *message);

int cjpeg_fail(char *message, int code, const char *text);

// Leaves for the trap with a sentence of ours.
_Noreturn void cjpeg_give_up(j_common_ptr object, int code, const char *text);
