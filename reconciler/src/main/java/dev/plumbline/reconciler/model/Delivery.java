// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

/** How an event comes to whoever follows a model. */
public enum Delivery {
  /** As it happens. */
  AT_ONCE,
  /** As it happens, and once more with those that come late. */
  TWICE,
  /** By {@link ModelKernel#deliverLate}: after others that happened later. */
  LATE,
  /** Never: whoever follows is told that something was lost, as a socket that is full tells it. */
  LOST
}
