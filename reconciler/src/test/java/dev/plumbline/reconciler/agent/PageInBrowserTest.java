// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The agent's page in a headless Chromium, over a forwarded socket, of a live agent. */
@ExtendWith(ThrowawayHost.class)
class PageInBrowserTest {
  private static final String FILE =
      """
      version: 1
      namespaces: {web: {}}
      bridges: {br0: {flows: [{priority: 9, match: {tcp: true, tcpDst: 22}, actions: [drop]}, {priority: 0, actions: [normal]}]}, kb0: {datapath: kernel, ports: {vm1: {}}}}
      veths: {vm1: {peer: {device: eth1, namespace: web}}}
      internalPorts:
        mgmt0: {bridge: br0, addresses: [10.0.0.1/24]}
        web0: {bridge: br0, namespace: web, device: eth0, addresses: [10.0.0.2/24]}
      """;

  /** The smallest contrast of a text and its ground, with the text; 99 for none. */
  private static final String CONTRAST =
      """
      (() => {
        const parts = (color) => color.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
          .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
          .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = (element) => {
          for (let at = element; at; at = at.parentElement) {
            const color = parts(getComputedStyle(at).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
          }
          return [255, 255, 255];
        };
        let worst = [99, ''];
        let texts = 0;
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
          const element = walk.currentNode.parentElement;
          const text = walk.currentNode.textContent.trim();
          if (text === '' || element.closest('script, noscript, [hidden], .unseen, :disabled')
              || element.getClientRects().length === 0) continue;
          texts++;
          const pair = [light(parts(getComputedStyle(element).color)), light(ground(element))];
          const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
          if (ratio < worst[0]) worst = [ratio, text];
        }
        return texts < 30 ? 'only ' + texts + ' texts' : worst[0] >= 4.5 ? 'good' : worst.join(' ');
      })()
      """;

  @TempDir Path directory;

  private AgentRun follow(String text) throws IOException {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(file, text);
    return AgentRun.ofFile(file, directory.resolve("state"));
  }

  private ForwardedSocket forwarded() throws IOException {
    return new ForwardedSocket(directory.resolve("run"));
  }

  private Chromium browser() throws IOException {
    return Chromium.start(directory.resolve("profile"));
  }

  private static void opened(Chromium browser, ForwardedSocket socket) throws Exception {
    browser.look(1280, 900, "light");
    browser.open("http://localhost:" + socket.port() + "/");
    browser.await("document.getElementById('line')?.dataset.line", "live");
  }

  private static String text(String selector) {
    return "[...document.querySelectorAll('" + selector + "')].map((e) => e.textContent).join('|')";
  }

  private static String has(String selector, String part) {
    return text(selector) + ".includes('" + part + "')";
  }

  /** Nothing of the console, no broken policy, no request to anybody else. */
  private static void isQuiet(Chromium browser, ForwardedSocket socket) throws IOException {
    assertEquals(List.of(), browser.events("Runtime.exceptionThrown"));
    assertEquals(List.of(), browser.events("Runtime.consoleAPICalled"));
    assertEquals(List.of(), browser.events("Log.entryAdded"));
    for (Node request : browser.events("Network.requestWillBeSent")) {
      String url = request.node("request").text("url");
      assertTrue(url.startsWith("http://localhost:" + socket.port() + "/"), url);
      assertEquals("GET", request.node("request").text("method"), url);
    }
  }

  @Test
  void showsTheHostAndADriftAsItHappens() throws Exception {
    try (AgentRun agent = follow(FILE);
        ForwardedSocket socket = forwarded();
        Chromium browser = browser()) {
      opened(browser, socket);
      browser.await("document.getElementById('pill').textContent", "in sync");
      browser.await("document.getElementById('host').textContent", "alpha");
      browser.await("document.title", "alpha: in sync – plumbline");
      browser.await(has("#plan-body", "nothing differs"), "true");
      browser.value("document.getElementById('ports').scrollIntoView()");
      browser.await(text("#ports tbody th"), "mgmt0|web0|vm1");
      browser.await(has("#ports tbody tr:last-child", "kb0kernel, veth"), "true");
      browser.await(text("#ports-bridge option"), "all bridges|br0|kb0");
      browser.value("document.getElementById('flows').scrollIntoView()");
      browser.await(has("#flows tbody", "tcp"), "true");
      browser.await(text("#flows-bridge option"), "all bridges|br0");
      Sh.ping("", "10.0.0.2");
      browser.value("document.getElementById('addresses').scrollIntoView()");
      browser.await(
          text("#addresses tbody tr > :nth-child(3)") + ".split('|').sort().join()", "mgmt0,web0");

      browser.value("document.getElementById('picture').scrollIntoView()");
      browser.await("document.getElementById('picture-image').naturalWidth > 100", "true");
      browser.await("document.getElementById('picture-box').hidden", "false");
      assertEquals(Set.of("Image"), Set.copyOf(picturesAskedFor(browser)), "not twice for once");

      Sh.run("ip addr del 10.0.0.1/24 dev mgmt0");
      browser.await(has("#events-list .doubt", "drift: internalPorts.mgmt0"), "true");
      browser.await(has("#said", "drift: internalPorts.mgmt0"), "true");

      int since = agent.size();
      AgentRun.write(directory.resolve("host.yaml"), "version: 1\nbridges: {br0: {prots: {}}}\n");
      agent.await(since, "is refused");
      browser.await("document.getElementById('pill').textContent", "held");
      browser.await(has("#conditions .bad", "host.yaml:2:"), "true");
      browser.await(has("#plan-body", "cannot be planned"), "true");
      isQuiet(browser, socket);
    }
  }

  /** What asked for the picture each time, as the browser calls it. */
  private static List<String> picturesAskedFor(Chromium browser) {
    return askedFor(browser, "/v1/picture");
  }

  private static List<String> askedFor(Chromium browser, String path) {
    return browser.events("Network.requestWillBeSent").stream()
        .filter(request -> request.node("request").text("url").contains(path))
        .map(request -> request.text("type"))
        .toList();
  }

  /** The page's clock from now on. */
  private static void later(Chromium browser, int seconds) throws IOException {
    browser.value(
        "(() => { const now = performance.now.bind(performance);"
            + " performance.now = () => now() + "
            + seconds * 1000
            + "; })()");
  }

  @Test
  void saysWhyThereIsNoPictureAndLeavesItAtThatForAWhile() throws Exception {
    try (AgentRun agent = follow(FILE);
        ForwardedSocket socket = forwarded();
        Chromium browser = browser()) {
      assertTrue(agent.size() > 0);
      opened(browser, socket);
      Path owned = directory.resolve("state/ownership");
      String kept = Files.readString(owned);
      Files.writeString(owned, "spoilt\n");
      browser.value("document.getElementById('picture').scrollIntoView()");
      browser.await(has("#picture-note", "ownership:1: damaged, plumbline did not"), "true");
      Files.writeString(owned, kept);
      assertEquals("true", browser.value("document.getElementById('picture-box').hidden"));
      assertEquals(List.of("Image", "Fetch"), picturesAskedFor(browser));

      later(browser, 60);
      int statuses = askedFor(browser, "/v1/status").size();
      AgentRun.eventually(
          "the status is asked for", () -> askedFor(browser, "/v1/status").size() > statuses + 1);
      assertEquals(2, picturesAskedFor(browser).size(), "nothing has changed");
      later(browser, 90);
      AgentRun.eventually("it is tried again", () -> picturesAskedFor(browser).size() > 2);
      assertEquals(List.of(), browser.events("Runtime.exceptionThrown"));
    }
  }

  @Test
  void filtersAndSortsTablesAtTheAgent() throws Exception {
    StringBuilder flows = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      flows.append(", {priority: ").append(i + 1);
      flows.append(", match: {tcp: true, tcpDst: ").append(1000 + i).append("}, actions: [drop]}");
    }
    String many =
        FILE.replace(
            ", {priority: 0, actions: [normal]}", flows + ", {priority: 0, actions: [normal]}");
    try (AgentRun agent = follow(many);
        ForwardedSocket socket = forwarded();
        Chromium browser = browser()) {
      assertTrue(agent.size() > 0);
      opened(browser, socket);
      browser.value("document.getElementById('flows').scrollIntoView()");
      browser.await("document.querySelector('#flows .place').textContent", "1–50 of 122");
      browser.value("document.querySelector('#flows button[aria-label^=Next]').click()");
      browser.await("document.querySelector('#flows .place').textContent", "51–100 of 122");
      browser.value(
          "[...document.querySelectorAll('#flows thead button')].find((b) => b.textContent ==="
              + " 'Priority').click()");
      browser.await("document.querySelector('#flows [aria-sort]').ariaSort", "descending");
      browser.await("document.querySelector('#flows tbody td:nth-child(5)').textContent", "120");
      browser.value("document.getElementById('flows-filter').focus()");
      browser.ask("Input.insertText", Map.of("text", "tp_dst=1007"));
      browser.await("document.querySelector('#flows .place').textContent", "1–1 of 1");
      browser.value("document.querySelector('#flows-choice input[value=cached]').click()");
      browser.await(has("#flows .quiet", "None of"), "true");
      isQuiet(browser, socket);
    }
  }

  @Test
  void whatTheAgentSaysIsNeverTakenForHtml() throws Exception {
    String hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>";
    try (AgentRun agent = follow(FILE);
        ForwardedSocket socket = forwarded();
        Chromium browser = browser()) {
      opened(browser, socket);
      int since = agent.size();
      AgentRun.write(
          directory.resolve("host.yaml"), "version: 1\nbridges: {'" + hostile + "': {}}\n");
      agent.await(since, "is refused");
      browser.await(has("#conditions", "<img src=x"), "true");
      browser.await(has("#events-list", "<img src=x"), "true");
      assertEquals("2", browser.value("document.images.length"), "the page's own alone");
      assertEquals("1", browser.value("document.scripts.length"));
      assertEquals(List.of(), browser.events("Page.javascriptDialogOpening"));
      // Nor could it be: the policy forbids it.
      assertEquals(
          "TypeError",
          browser.value(
              "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'taken'; }"
                  + " catch (e) { return e.name; } })()"));
    }
  }

  @Test
  void saysThatTheAgentIsGoneAndComesBack() throws Exception {
    try (ForwardedSocket socket = forwarded();
        Chromium browser = browser()) {
      try (AgentRun agent = follow(FILE)) {
        assertTrue(agent.size() > 0);
        opened(browser, socket);
        browser.await("document.getElementById('pill').textContent", "in sync");
      }
      browser.await("document.getElementById('gone').hidden", "false");
      browser.await(has("#gone", "does not answer since"), "true");
      browser.await("document.getElementById('line').textContent", "not answered");
      try (AgentRun agent = follow(FILE)) {
        assertTrue(agent.size() > 0);
        browser.await("document.getElementById('gone').hidden", "true");
        browser.await("document.getElementById('line').textContent", "live");
        browser.await("document.querySelectorAll('#events-list li').length > 1", "true");
      }
    }
  }

  @Test
  void everybodyCanReadAndUseIt() throws Exception {
    try (AgentRun agent = follow(FILE);
        ForwardedSocket socket = forwarded();
        Chromium browser = browser()) {
      assertTrue(agent.size() > 0);
      opened(browser, socket);
      browser.value("document.getElementById('ports').scrollIntoView()");
      browser.await(text("#ports tbody th"), "mgmt0|web0|vm1");
      browser.value("document.getElementById('picture').scrollIntoView()");
      browser.await("document.getElementById('picture-image').naturalWidth > 100", "true");
      tabOrder(browser);
      names(browser);
      for (String scheme : List.of("light", "dark")) {
        for (int width : new int[] {360, 1600}) {
          browser.look(width, 800, scheme);
          browser.await(CONTRAST, "good");
          browser.await("document.documentElement.scrollWidth <= innerWidth", "true");
        }
      }
      isQuiet(browser, socket);
    }
  }

  /** Tab reaches all that can be used, in the order of the page, and one sees where it is. */
  private static void tabOrder(Chromium browser) throws IOException {
    String number =
        "[...document.querySelectorAll('a[href], button:enabled, select, input, [tabindex=\"0\"]')]"
            + ".filter((e) => e.getClientRects().length > 0 && (e.type !== 'radio' || e.checked))";
    int all = Integer.parseInt(browser.value(number + ".length"));
    assertTrue(all > 20, "only " + all);
    browser.value("document.activeElement.blur(); scrollTo(0, 0)");
    List<String> order = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    for (int i = 0; i < all; i++) {
      browser.press("Tab", 9);
      order.add(browser.value(number + ".indexOf(document.activeElement)"));
      wanted.add(Integer.toString(i));
      String seen =
          "(() => { const at = document.activeElement; const on = at.type === 'radio' ?"
              + " at.nextElementSibling : at;"
              + " return getComputedStyle(on).outlineStyle + getComputedStyle(on).outlineWidth; })()";
      assertEquals(
          "solid3px", browser.value(seen), browser.value("document.activeElement.outerHTML"));
    }
    assertEquals(wanted, order);
  }

  /** Each control and each region has a name for who cannot see it. */
  private static void names(Chromium browser) throws IOException {
    Set<String> controls =
        Set.of(
            "button",
            "link",
            "searchbox",
            "textbox",
            "combobox",
            "radio",
            "region",
            "navigation",
            "table",
            "group",
            "columnheader",
            "rowheader",
            "image");
    Set<String> roles = new TreeSet<>();
    for (Node node : browser.ask("Accessibility.getFullAXTree", Map.of()).nodes("nodes")) {
      String role = node.node("role").text("value");
      if (node.flag("ignored") || !controls.contains(role)) {
        continue;
      }
      roles.add(role);
      assertFalse(node.node("name").text("value").isBlank(), "no name: " + node);
    }
    assertTrue(
        roles.containsAll(
            Set.of(
                "button",
                "link",
                "searchbox",
                "combobox",
                "radio",
                "region",
                "navigation",
                "table")),
        roles.toString());
    assertEquals("1", browser.value("document.querySelectorAll('h1').length"));
    assertEquals("1", browser.value("document.querySelectorAll('main').length"));
  }
}
