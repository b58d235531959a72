// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libbpf 1 as they are ({@code <bpf/libbpf.h>}), and two of the C library for its
 * messages; jnr-ffi makes the class. Public only because the class that it makes must see it: use
 * {@link BpfObject}.
 */
@SuppressWarnings({"MethodName", "checkstyle:MethodName"})
public interface LibBpfFunctions {
  /**
   * libbpf_print_fn_t. The last argument is a va_list: an address on x86_64, and on arm64, too,
   * where a structure of its size is handed over by address.
   */
  interface Print {
    @Delegate
    int print(int level, Pointer format, Pointer arguments);
  }

  Pointer libbpf_set_print(Print function);

  @Nullable Pointer bpf_object__open_mem(Pointer bytes, @size_t long length, Pointer options);

  int bpf_object__load(Pointer object);

  void bpf_object__close(Pointer object);

  @Nullable Pointer bpf_object__next_program(Pointer object, @Nullable Pointer previous);

  String bpf_program__name(Pointer program);

  int bpf_program__fd(Pointer program);

  int bpf_program__set_autoload(Pointer program, boolean autoload);

  @Nullable Pointer bpf_object__next_map(Pointer object, @Nullable Pointer previous);

  String bpf_map__name(Pointer map);

  int bpf_map__fd(Pointer map);

  int bpf_map__set_max_entries(Pointer map, int entries);

  @Nullable Pointer bpf_map__initial_value(Pointer map, @Out byte[] bytes);

  int bpf_map__reuse_fd(Pointer map, int fd);

  /** The C library's, for what libbpf prints. */
  int vasprintf(@Out byte[] pointer, @In Pointer format, @In Pointer arguments);

  void free(@In Pointer memory);
}
