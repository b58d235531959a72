// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import jnr.ffi.Pointer;

/**
 * An object file's programs and maps in the kernel. {@link #resource} begins with the {@link Spec},
 * which says what is to differ from the file.
 */
public final class BpfObject implements AutoCloseable {
  private final String name;
  private final Map<String, BpfProgram> programs = new LinkedHashMap<>();
  private final Map<String, BpfMap> maps = new LinkedHashMap<>();

  private BpfObject(String name) {
    this.name = name;
  }

  /**
   * An object file among a class's resources.
   *
   * @throws IOException if it is not there or no such file
   */
  public static Spec resource(Class<?> beside, String file) throws IOException {
    try (InputStream stream = beside.getResourceAsStream(file)) {
      if (stream == null) {
        throw new IOException("the resource " + file + " is missing");
      }
      return new Spec(file, stream.readAllBytes());
    }
  }

  /** The program of a C function's name. */
  public BpfProgram program(String function) {
    return known(programs, "program", function);
  }

  /** All programs by name. */
  public Map<String, BpfProgram> programs() {
    return Map.copyOf(programs);
  }

  /** The map of a C variable's name; one that was reused is another object of the same map. */
  public BpfMap map(String variable) {
    return known(maps, "map", variable);
  }

  /** All maps by name, those of libbpf ({@code .rodata} and the like) included. */
  public Map<String, BpfMap> maps() {
    return Map.copyOf(maps);
  }

  private <T> T known(Map<String, T> all, String what, String key) {
    T one = all.get(key);
    if (one == null) {
      throw new IllegalArgumentException(
          name + " has no " + what + " " + key + ", only " + all.keySet());
    }
    return one;
  }

  /** Closes all; what is attached or pinned stays. */
  @Override
  public void close() {
    programs.values().forEach(BpfProgram::close);
    maps.values().forEach(BpfMap::close);
  }

  /** What is to be loaded. Can be loaded any number of times. */
  public static final class Spec {
    private final String file;
    private final byte[] bytes;
    private final ElfFile elf;
    private final Map<String, Integer> entries = new LinkedHashMap<>();
    private final Map<String, byte[]> constants = new LinkedHashMap<>();
    private final Map<String, BpfMap> reused = new LinkedHashMap<>();
    private final Map<String, Boolean> wanted = new LinkedHashMap<>();

    private Spec(String file, byte[] bytes) throws IOException {
      this.file = file;
      this.bytes = bytes;
      this.elf = ElfFile.read(file, bytes);
    }

    /** The types that the file describes. */
    Btf btf() throws IOException {
      ByteBuffer section = elf.section(".BTF");
      if (section == null) {
        throw new IOException(file + " has no BTF");
      }
      return Btf.read(section);
    }

    /** Gives a map another size, in entries. */
    public Spec maxEntries(String map, int count) {
      entries.put(map, count);
      return this;
    }

    /**
     * Sets a {@code const volatile} variable of 1, 2, 4 or 8 bytes.
     *
     * @throws IllegalArgumentException if there is none of that name, or the value does not fit
     */
    public Spec constant(String variable, long value) {
      int length = constantPlace(variable).bytes();
      ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
      boolean fits = length == 8 || value >> (length * 8) == 0 || value >> (length * 8 - 1) == -1;
      if (length > 8 || Integer.bitCount(length) != 1 || !fits) {
        throw new IllegalArgumentException(
            value + " does not fit " + variable + " of " + length + " bytes");
      }
      byte[] little = new byte[length];
      buffer.get(0, little);
      return constant(variable, ordered(little));
    }

    private static byte[] ordered(byte[] little) {
      byte[] result = little.clone();
      if (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) {
        for (int i = 0; i < little.length; i++) {
          result[i] = little[little.length - 1 - i];
        }
      }
      return result;
    }

    /** Sets a {@code const volatile} variable to bytes of its size. */
    public Spec constant(String variable, byte[] value) {
      if (constantPlace(variable).bytes() != value.length) {
        throw new IllegalArgumentException(
            variable + " has " + constantPlace(variable).bytes() + " bytes, not " + value.length);
      }
      constants.put(variable, value.clone());
      return this;
    }

    private ElfFile.Symbol constantPlace(String variable) {
      ElfFile.Symbol symbol = elf.symbol(variable);
      if (symbol == null || !symbol.section().equals(".rodata")) {
        throw new IllegalArgumentException(file + " has no constant " + variable);
      }
      return symbol;
    }

    /**
     * Lets the programs use a map that is there already, in the place of their own.
     *
     * @param map may be closed as soon as this has been loaded
     */
    public Spec reuse(String name, BpfMap map) {
      reused.put(name, map);
      return this;
    }

    /**
     * Whether a program is to be loaded; without that, as the file says ({@code SEC("?tc")}: no).
     */
    public Spec program(String function, boolean load) {
      wanted.put(function, load);
      return this;
    }

    /**
     * Loads it.
     *
     * @throws BpfLoadException with the verifier's words, if libbpf or the kernel refuses
     * @throws IllegalArgumentException if the file has not what this specification changes
     * @throws IOException if there is no libbpf
     */
    public BpfObject load() throws IOException {
      LibBpf library = LibBpf.get();
      synchronized (library) {
        return new Loading(this, library).run();
      }
    }
  }

  /** One loading, while the library is locked. */
  private static final class Loading {
    private static final int OPTIONS_BYTES = 16; // size and name of struct bpf_object_open_opts

    private final Spec spec;
    private final LibBpf library;
    private final LibBpfFunctions functions;

    Loading(Spec spec, LibBpf library) {
      this.spec = spec;
      this.library = library;
      this.functions = library.functions();
    }

    BpfObject run() throws IOException {
      library.clearLog();
      Memory image = Memory.allocate(spec.bytes.length);
      image.buffer().put(0, spec.bytes);
      String name = spec.file.substring(0, Math.max(0, spec.file.indexOf('.')));
      Memory nameBytes = BpfCall.string(name.replaceAll("[^A-Za-z0-9_]", "_"));
      Memory options = Memory.allocate(OPTIONS_BYTES);
      options.buffer().putLong(0, OPTIONS_BYTES).putLong(8, nameBytes.address());
      Pointer object = null;
      try {
        object = functions.bpf_object__open_mem(pointer(image), image.bytes(), pointer(options));
        if (object == null) {
          throw failure("open", library.errno());
        }
        Map<String, Pointer> programs = programs(object);
        Map<String, Pointer> maps = maps(object);
        prepare(programs, maps);
        int result = functions.bpf_object__load(object);
        if (result != 0) {
          throw failure("load", -result);
        }
        return take(programs, maps);
      } finally {
        if (object != null) {
          functions.bpf_object__close(object);
        }
        Reference.reachabilityFence(image); // libbpf keeps its address
        Reference.reachabilityFence(options);
        Reference.reachabilityFence(nameBytes);
      }
    }

    private BpfLoadException failure(String what, int errno) {
      return new BpfLoadException(what + " " + spec.file, errno, library.log());
    }

    private Pointer pointer(Memory memory) {
      return Pointer.wrap(library.runtime(), memory.address());
    }

    private Map<String, Pointer> programs(Pointer object) {
      Map<String, Pointer> programs = new LinkedHashMap<>();
      Pointer one = functions.bpf_object__next_program(object, null);
      while (one != null) {
        programs.put(functions.bpf_program__name(one), one);
        one = functions.bpf_object__next_program(object, one);
      }
      return programs;
    }

    private Map<String, Pointer> maps(Pointer object) {
      Map<String, Pointer> maps = new LinkedHashMap<>();
      Pointer one = functions.bpf_object__next_map(object, null);
      while (one != null) {
        maps.put(functions.bpf_map__name(one), one);
        one = functions.bpf_object__next_map(object, one);
      }
      return maps;
    }

    private void prepare(Map<String, Pointer> programs, Map<String, Pointer> maps)
        throws BpfLoadException {
      for (Map.Entry<String, Integer> one : spec.entries.entrySet()) {
        int result = functions.bpf_map__set_max_entries(map(maps, one.getKey()), one.getValue());
        check(result, "size map " + one.getKey() + " of");
      }
      for (Map.Entry<String, BpfMap> one : spec.reused.entrySet()) {
        int result = functions.bpf_map__reuse_fd(map(maps, one.getKey()), one.getValue().fd());
        check(result, "reuse map " + one.getKey() + " for");
      }
      for (Map.Entry<String, Boolean> one : spec.wanted.entrySet()) {
        Pointer program = programs.get(one.getKey());
        if (program == null) {
          throw new IllegalArgumentException(spec.file + " has no program " + one.getKey());
        }
        int result = functions.bpf_program__set_autoload(program, one.getValue());
        check(result, "choose " + one.getKey() + " of");
      }
      for (Map.Entry<String, byte[]> one : spec.constants.entrySet()) {
        Pointer rodata = map(maps, ".rodata");
        byte[] sizeBytes = new byte[Long.BYTES];
        Pointer values = functions.bpf_map__initial_value(rodata, sizeBytes);
        if (values == null) {
          throw failure("set constants of", library.errno());
        }
        byte[] value = one.getValue();
        values.put(spec.constantPlace(one.getKey()).offset(), value, 0, value.length);
      }
    }

    private void check(int result, String what) throws BpfLoadException {
      if (result != 0) {
        throw failure(what, -result);
      }
    }

    /** By its name in C; libbpf's own (NAME.rodata) by what follows its object's name. */
    private Pointer map(Map<String, Pointer> maps, String name) {
      Pointer map = maps.get(name);
      for (Map.Entry<String, Pointer> one : maps.entrySet()) {
        if (map == null && name.startsWith(".") && one.getKey().endsWith(name)) {
          map = one.getValue();
        }
      }
      if (map == null) {
        throw new IllegalArgumentException(
            spec.file + " has no map " + name + ", only " + maps.keySet());
      }
      return map;
    }

    /** Descriptors of our own: libbpf closes its. */
    private BpfObject take(Map<String, Pointer> programs, Map<String, Pointer> maps)
        throws IOException {
      BpfObject object = new BpfObject(spec.file);
      boolean done = false;
      try {
        for (Map.Entry<String, Pointer> one : programs.entrySet()) {
          int theirs = functions.bpf_program__fd(one.getValue());
          if (theirs >= 0) { // else it was not to be loaded
            int fd = Libc.duplicate(theirs);
            object.programs.put(one.getKey(), BpfProgram.of(fd, one.getKey()));
          }
        }
        for (Map.Entry<String, Pointer> one : maps.entrySet()) {
          int fd = Libc.duplicate(functions.bpf_map__fd(one.getValue()));
          object.maps.put(one.getKey(), new BpfMap(fd));
        }
        done = true;
        return object;
      } finally {
        if (!done) {
          object.close();
        }
      }
    }
  }
}
