#include "trap.h"

int cjpeg_fail(char *message, int code, const char *text) {
  snprintf(message, CJPEG_MESSAGE, "%s", text);
  return code;
}

_Noreturn void cjpeg_give_up(j_common_ptr object, int code, const char *text) {
  trap *t = (trap *)object->err;
  t->code = cjpeg_fail(t->message, code, text);
  longjmp(t->place, 1);
}

static void on_error(j_common_ptr object) {
  char text[JMSG_LENGTH_MAX];
  object->err->format_message(object, text);
  int code = object->err->msg_code;
  cjpeg_give_up(object,
                code == JERR_OUT_OF_MEMORY || code == JERR_NO_BACKING_STORE ? CJPEG_NO_MEMORY
                                                                            : CJPEG_DAMAGED,
                text);
}

// A warning of missing or wrong pixels is an error; oddities of a whole file are passed over.
static void on_message(j_common_ptr object, int level) {
  if (level >= 0) return;
  switch (object->err->msg_code) {
    case JWRN_JPEG_EOF: cjpeg_give_up(object, CJPEG_DAMAGED, "the file ends early");
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION: on_error(object);
    default: return;
  }
}

static void print_nothing(j_common_ptr object) { (void)object; }

struct jpeg_error_mgr *cjpeg_trap(trap *t, char *message) {
  struct jpeg_error_mgr *err = jpeg_std_error(&t->pub);
  err->error_exit = on_error;
  err->emit_message = on_message;
  err->output_message = print_nothing;
  t->code = CJPEG_DAMAGED;
  t->message = message;
  return err;
}
