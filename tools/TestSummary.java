// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Prints what became of every test, from the JUnit XML reports of two runs: Surefire's on the host's kernel and the console
 * launcher's in user-mode Linux. A test that ran in both counts once: failed if it failed in either, skipped only if it ran
 * in neither.
 *
 * <pre>java tools/TestSummary.java PROJECT [PROBLEM…]
 * java tools/TestSummary.java --failed-classes PROJECT</pre>
 *
 * <p>The second prints the simple names of the classes that have failed in user-mode Linux, to be tried again.
 *
 * <p>Each PROBLEM (a run that broke off, a sentence) counts as one failure. The last line is {@code N passed, N failed, N
 * skipped}. Exit code 1 if anything failed or nothing ran.
 */
final class TestSummary {
  private enum Outcome {
    PASSED,
    /** Failed, and passed when it was tried again: passed, but not to be forgotten. */
    UNSTABLE,
    FAILED,
    SKIPPED
  }

  private record Result(Outcome outcome, String reason) {}

  private static final Result PASSED = new Result(Outcome.PASSED, "");
  private static final String WHOLE_CLASS = "(whole class)";

  private TestSummary() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("--failed-classes")) {
      failedClasses(read(reports(Path.of(arguments[1]), "target/uml-reports/*/TEST-*.xml")));
      return;
    }
    Path project = Path.of(arguments[0]);
    List<String> problems = List.of(arguments).subList(1, arguments.length);
    Map<String, Result> host = read(reports(project, "*/target/surefire-reports/TEST-*.xml"));
    Map<String, Result> uml = read(reports(project, "target/uml-reports/*/TEST-*.xml"));

    read(reports(project, "target/uml-reports-again/*/TEST-*.xml"))
        .forEach((test, again) -> uml.computeIfPresent(test, (name, first) -> triedAgain(first, again)));

    Map<String, Result> together = new TreeMap<>(host);
    uml.forEach((test, result) -> together.merge(test, result, TestSummary::combine));
    // A class that is skipped as a whole is one entry without a method; its tests have their own entries in the other run.
    List<String> ranElsewhere = new ArrayList<>();
    together
        .entrySet()
        .removeIf(entry -> isWholeClass(entry) && ranAnyOf(entry.getKey(), together, ranElsewhere));
    for (Map.Entry<String, Result> entry : host.entrySet()) {
      Result other = uml.get(entry.getKey());
      if (is(Outcome.SKIPPED).test(entry.getValue()) && other != null && !is(Outcome.SKIPPED).test(other)) {
        ranElsewhere.add(entry.getKey() + ": " + entry.getValue().reason());
      }
    }

    System.out.println();
    print("Ran in user-mode Linux, not on this kernel", ranElsewhere);
    print("Passed only when tried again: look into these", lines(together, Outcome.UNSTABLE));
    print("Skipped", lines(together, Outcome.SKIPPED));
    List<String> failures = new ArrayList<>(problems);
    failures.addAll(lines(together, Outcome.FAILED));
    print("Failed", failures);
    System.out.println("this kernel:      " + count(host, 0));
    System.out.println("user-mode Linux:  " + (uml.isEmpty() ? "not run" : count(uml, 0)));
    System.out.println("Each test once:");
    System.out.println(count(together, problems.size()));
    if (together.isEmpty()) {
      System.err.println("no test ran");
    }
    System.exit(failures.isEmpty() && !together.isEmpty() ? 0 : 1);
  }

  /** Prints the simple names of the classes with failed tests. */
  private static void failedClasses(Map<String, Result> results) {
    results.entrySet().stream()
        .filter(entry -> entry.getValue().outcome() == Outcome.FAILED)
        .map(entry -> entry.getKey().split(" ", 2)[0].replaceFirst(".*\\.", ""))
        .distinct()
        .forEach(System.out::println);
  }

  private static Result triedAgain(Result first, Result again) {
    boolean passes = first.outcome() == Outcome.FAILED && again.outcome() == Outcome.PASSED;
    return passes ? new Result(Outcome.UNSTABLE, first.reason()) : first;
  }

  private static Result combine(Result one, Result other) {
    boolean worse = one.outcome() == Outcome.FAILED || (one.outcome() == Outcome.UNSTABLE && other.outcome() == Outcome.PASSED);
    return worse || other.outcome() == Outcome.SKIPPED ? one : other;
  }

  private static boolean isWholeClass(Map.Entry<String, Result> entry) {
    return entry.getKey().endsWith(WHOLE_CLASS) && entry.getValue().outcome() == Outcome.SKIPPED;
  }

  private static boolean ranAnyOf(String wholeClass, Map<String, Result> results, List<String> ranElsewhere) {
    String prefix = wholeClass.substring(0, wholeClass.length() - WHOLE_CLASS.length());
    boolean ran =
        results.entrySet().stream()
            .anyMatch(
                entry ->
                    entry.getKey().startsWith(prefix)
                        && entry.getValue().outcome() != Outcome.SKIPPED);
    if (ran) {
      ranElsewhere.add(wholeClass + ": " + results.get(wholeClass).reason());
    }
    return ran;
  }

  private static Predicate<Result> is(Outcome outcome) {
    return result -> result.outcome() == outcome;
  }

  private static List<String> lines(Map<String, Result> results, Outcome outcome) {
    return results.entrySet().stream()
        .filter(entry -> entry.getValue().outcome() == outcome)
        .map(entry -> entry.getKey() + ": " + entry.getValue().reason())
        .toList();
  }

  private static void print(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      System.out.println(title + ":");
      lines.forEach(line -> System.out.println("  " + line));
      System.out.println();
    }
  }

  private static String count(Map<String, Result> results, int problems) {
    return "%d passed, %d failed, %d skipped"
        .formatted(
            results.values().stream().filter(is(Outcome.PASSED).or(is(Outcome.UNSTABLE))).count(),
            results.values().stream().filter(is(Outcome.FAILED)).count() + problems,
            results.values().stream().filter(is(Outcome.SKIPPED)).count());
  }

  private static List<Path> reports(Path project, String glob) throws IOException {
    var matcher = project.getFileSystem().getPathMatcher("glob:" + glob);
    try (Stream<Path> files = Files.walk(project, 5)) {
      return files.filter(file -> matcher.matches(project.relativize(file))).sorted().toList();
    }
  }

  private static Map<String, Result> read(List<Path> reports) throws Exception {
    var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    Map<String, Result> results = new TreeMap<>();
    for (Path report : reports) {
      var cases = builder.parse(report.toFile()).getElementsByTagName("testcase");
      for (int index = 0; index < cases.getLength(); index++) {
        Element testCase = (Element) cases.item(index);
        // A repeated name (Surefire does not always number invocations) keeps the worst outcome.
        results.merge(nameOf(testCase), resultOf(testCase), TestSummary::worse);
      }
    }
    return results;
  }

  private static Result worse(Result one, Result other) {
    return one.outcome() == Outcome.FAILED || other.outcome() == Outcome.PASSED ? one : other;
  }

  /** Surefire writes {@code method}, the console launcher {@code method()}; both write {@code method(String)[1]}. */
  private static String nameOf(Element testCase) {
    String className = testCase.getAttribute("classname").replaceFirst("^dev\\.plumbline\\.", "");
    String name = testCase.getAttribute("name").replaceFirst("\\(\\)$", "");
    boolean wholeClass = name.isEmpty() || testCase.getAttribute("name").equals(testCase.getAttribute("classname"));
    return className + (wholeClass ? " " + WHOLE_CLASS : " " + name);
  }

  private static Result resultOf(Element testCase) {
    for (Node child = testCase.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element element) {
        switch (element.getTagName()) {
          case "failure", "error" -> {
            return new Result(Outcome.FAILED, reasonIn(element));
          }
          case "flakyFailure", "flakyError" -> {
            return new Result(Outcome.UNSTABLE, reasonIn(element));
          }
          case "skipped" -> {
            return new Result(Outcome.SKIPPED, reasonIn(element));
          }
          default -> {
            // system-out, properties: no outcome
          }
        }
      }
    }
    return PASSED;
  }

  private static String reasonIn(Element element) {
    String message = element.getAttribute("message");
    String text = message.isBlank() ? element.getTextContent() : message;
    String first = text.strip().lines().findFirst().orElse("no reason given");
    return first
        .replaceFirst("^org\\.opentest4j\\.TestAbortedException: ", "")
        .replaceFirst("^Assumption failed: ", "");
  }
}
