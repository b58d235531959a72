# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# How Java is found and started, for ./plumbline and for the package's /usr/bin/plumbline. To be sourced by bash, with
#   lib      directory of the jars
#   archive  class data archive, used if it is there
#   home     directory that has examples/
#   advice   what to do where there is no Java
# set before. Every start passes through here: it forks nothing.

die() { echo "plumbline: $*" >&2; exit 1; }

jvm=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -XX:-UsePerfData -Djnr.ffi.asm.enabled=false
  -Dslf4j.provider=org.slf4j.simple.SimpleServiceProvider -Dslf4j.internal.verbosity=WARN)

# The archive where it was written for: elsewhere each process copies and corrects all 30 MB of it. Java that does not know
# this option makes no archive, and says so in its log.
archived=(-XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0)

# Sets `java`: JAVA_HOME's, or the path's.
find_java() {
  if [[ -n ${JAVA_HOME:-} ]]; then
    java=$JAVA_HOME/bin/java
    [[ -x $java ]] || die "JAVA_HOME is $JAVA_HOME, which has no bin/java; ${advice:?}"
  else
    java=$(type -P java || :)
    [[ -n $java ]] || die "${advice:?}"
  fi
}

check_java() {
  local version
  version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')
  [[ $version =~ ^[0-9]+$ && $version -ge 17 ]] || die "$java is ${version:-unusable}; ${advice:?}"
}

# Sets `classpath`: ours first, and the cryptography and what draws pictures last. Whatever is looked for opens every jar
# until it is found, and keeps its table of contents: that of bcprov alone takes 0.8 MB and as long to read as all others.
make_classpath() {
  local jar first= last=
  classpath=
  for jar in "${lib:?}"/*.jar; do
    case ${jar##*/} in
      reconciler-* | spec-* | netlink-* | datapath-*) first+=$jar: ;;
      bc* | org.eclipse.elk.* | org.eclipse.emf.* | org.eclipse.xtext.* | guava-* | failureaccess-*) last+=$jar: ;;
      *) classpath+=$jar: ;;
    esac
  done
  classpath=$first$classpath$last
  classpath=${classpath%:}
}

# Class data sharing: the classes of typical commands, parsed and linked once. Half of the starting time. A whole
# archive, not one on top of the JDK's (-XX:ArchiveClassesAtExit): only a whole one takes classes as old as picocli's.
# Writes archive, archive.java (whose Java it is for) and archive.log.
make_archive() {
  check_java
  make_classpath
  rm -f "${archive:?}"
  # G1 to write it, for only then it holds objects too; the serial collector can read them.
  if (cd "${home:?}" \
    && "$java" "${jvm[@]}" -Xshare:off "-XX:DumpLoadedClassList=$archive.classes" -cp "$classpath" \
      dev.plumbline.reconciler.cli.Rehearsal \
    && "$java" "${archived[@]}" -XX:+UseG1GC -Xshare:dump "-XX:SharedClassListFile=$archive.classes" \
      "-XX:SharedArchiveFile=$archive.new" -cp "$classpath") > "$archive.log" 2>&1 < /dev/null \
    && mv -f "$archive.new" "$archive"; then
    echo "$java" > "$archive.java"
  else
    rm -f "$archive.new"
    echo "plumbline: no class data archive, every start takes longer: see $archive.log" >&2
  fi
}

# Replaces this shell by plumbline with the arguments.
launch() {
  make_classpath
  # -Xlog: without it the JVM would say on standard output that it cannot use the archive.
  [[ ! -e $archive ]] || jvm+=("${archived[@]}" "-XX:SharedArchiveFile=$archive" -Xlog:disable -Xlog:all=error:stderr)
  if [[ ${1:-} == agent ]]; then
    # Runs for months and sleeps most of the time: give memory back after a big plan, keep few malloc arenas.
    jvm+=(-Xms8m -Xmx512m -XX:-ShrinkHeapInSteps -XX:NewRatio=3 -Xss512k -XX:ReservedCodeCacheSize=48m)
    # Code is compiled after a fifth of the usual calls: the first repairs of a sort take half as long for it.
    jvm+=(-Dplumbline.tidy=true -XX:CompileThresholdScaling=0.2)
    export MALLOC_ARENA_MAX=2
  fi
  local terminals=
  [[ ! -t 0 ]] || terminals=in
  [[ ! -t 1 ]] || terminals+=,out
  [[ ! -t 2 ]] || terminals+=,err
  # shellcheck disable=SC2086 # options are separated by spaces
  exec "$java" "${jvm[@]}" ${PLUMBLINE_JAVA_OPTS:-} "-Dplumbline.terminals=$terminals" "-Dplumbline.home=$home" \
    -cp "$classpath" dev.plumbline.reconciler.cli.Main "$@"
}
