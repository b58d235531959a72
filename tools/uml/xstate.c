// SPDX-License-Identifier: Apache-2.0
//
// Preloaded into linux.uml, so that it starts on processors with AMX (Intel since Sapphire Rapids).
//
// User-mode Linux keeps its processes' floating-point state in a buffer of fixed size (2,696 bytes in its 6.1) and
// writes it back with ptrace(PTRACE_SETREGSET, NT_X86_XSTATE). The host takes only a whole buffer (EFAULT otherwise;
// xstateregs_set in Linux' arch/x86/kernel/fpu/regset.c), and AMX makes that 11,008 bytes: user-mode Linux dies with
// "ptrace set fp regs failed, errno = 14" before its first process runs. Here a short buffer is lengthened with zeros,
// which is the initial state of the registers that it leaves out; a guest that does not know of AMX cannot have used
// them (they need arch_prctl(ARCH_REQ_XCOMP_PERM)).
//
// Compiled by tools/uml/fetch with tcc and without any header, hence the declarations.

typedef unsigned long size_t;

struct iovec {
  void *base;
  size_t length;
};

enum { GETREGSET = 0x4204, SETREGSET = 0x4205, NT_X86_XSTATE = 0x202, LARGEST = 65536 };

extern void *dlsym(void *handle, const char *name);
extern void *memcpy(void *to, const void *from, size_t length);

typedef long ptrace_function(long request, long pid, long address, void *data);

// linux.uml traces from one thread, so that one buffer will do; what follows the last copy stays zero because every
// copy is of the same length.
static char whole[LARGEST];
static size_t whole_length;

static size_t length_that_the_host_wants(ptrace_function *next, long pid) {
  static char scratch[LARGEST];
  struct iovec all;
  all.base = scratch;
  all.length = sizeof scratch;
  return next(GETREGSET, pid, NT_X86_XSTATE, &all) == 0 ? all.length : 0;
}

long ptrace(long request, long pid, long address, void *data) {
  static ptrace_function *next;
  struct iovec *given = data;
  struct iovec lengthened;

  if (!next) next = dlsym((void *)-1L /* RTLD_NEXT */, "ptrace");
  if (request != SETREGSET || address != NT_X86_XSTATE) return next(request, pid, address, data);

  if (!whole_length) whole_length = length_that_the_host_wants(next, pid);
  if (given->length >= whole_length) return next(request, pid, address, data);
  memcpy(whole, given->base, given->length);
  lengthened.base = whole;
  lengthened.length = whole_length;
  return next(request, pid, address, &lengthened);
}
