// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code nat} in {@code ct}: what is read is printed back, and mistakes are told where they are.
 */
class NatTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip actions=ct(nat)",
        "ip actions=ct(commit,zone=7,nat)",
        "ip actions=ct(commit,nat(src=10.0.0.240-10.0.0.255))",
        "ip actions=ct(commit,nat(src=10.0.0.240-10.0.1.3:34568-34569))",
        "tcp actions=ct(commit,nat(dst=10.0.0.240:8080),exec(set_field:0x1->ct_mark))",
        "ipv6 actions=ct(commit,nat(src=fd00::5))",
        "ipv6 actions=ct(commit,nat(dst=fd00::5-fd00::7))",
        "ipv6 actions=ct(commit,nat(dst=[fd00::5]-[fd00::7]:80-90))",
      })
  void whatIsReadIsPrintedBack(String text) throws Exception {
    assertEquals(text, FlowText.parse(text, PortNames.NUMBERS).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ip actions=ct(nat(src=10.0.0.1)) | 15 | commit is missing",
        "ip actions=ct(commit,nat(src=fd00::1)) | 30 | must ask for ipv6",
        "ipv6 actions=ct(commit,nat(src=10.0.0.1)) | 32 | must ask for ip",
        "ip actions=ct(commit,nat(src=10.0.0.9-10.0.0.1)) | 39 | behind the first",
        "ipv6 actions=ct(commit,nat(src=fd00::1-fd01::1)) | 40 | last 32 bits",
        "ip actions=ct(commit,nat(src=10.0.0.1:0)) | 39 | no port 0",
        "ip actions=ct(commit,nat(src=10.0.0.1:9-7)) | 39 | last port",
        "ip actions=ct(commit,nat(src=10.0.0.1:70000)) | 39 | 65535",
        "ip actions=ct(commit,nat(src=10.0.0.1,random)) | 39 | cannot do random",
        "ip actions=ct(commit,nat(src=10.0.0.1,dst=10.0.0.2)) | 39 | one end",
        "ip actions=ct(commit,nat(to=10.0.0.1)) | 26 | src or dst",
        "ip actions=ct(commit,nat(src=10.0.0)) | 30 | 10.0.0",
      })
  void aMistakeIsToldWhereItIs(String text, int column, String words) {
    FlowSyntaxException wrong =
        assertThrows(
            FlowSyntaxException.class, () -> FlowText.parse(text, PortNames.NUMBERS), text);
    assertEquals(column, wrong.column(), wrong.getMessage());
    assertEquals(true, wrong.getMessage().contains(words), wrong.getMessage());
  }
}
