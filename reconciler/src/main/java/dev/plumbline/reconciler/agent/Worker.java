// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

/** A thread that works until it is told to end; it starts in the namespaces of its creator. */
final class Worker implements AutoCloseable {
  /** What the thread does; ends soon after it is no longer running. */
  @FunctionalInterface
  interface Task {
    void run(Running running) throws InterruptedException;
  }

  /** Tells the task whether to go on. */
  static final class Running {
    private boolean running = true;
    private boolean woken;

    synchronized boolean isRunning() {
      return running;
    }

    /** Sleeps that long, or until the worker is woken or closed. */
    synchronized void sleep(long nanos) throws InterruptedException {
      long end = System.nanoTime() + nanos;
      while (running && !woken) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return;
        }
        wait(left / 1_000_000, (int) (left % 1_000_000));
      }
      woken = false;
    }

    private synchronized void wake() {
      woken = true;
      notifyAll();
    }

    private synchronized void end() {
      running = false;
      notifyAll();
    }
  }

  private static final long PATIENCE_MILLIS = 2_000;

  private final Running running = new Running();
  private final Thread thread;

  private Worker(String name, Task task) {
    thread =
        new Thread(
            () -> {
              try {
                task.run(running);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    // A fetch that hangs must not keep the process.
    thread.setDaemon(true);
  }

  static Worker start(String name, Task task) {
    Worker worker = new Worker(name, task);
    worker.thread.start();
    return worker;
  }

  /** Ends the sleep that the thread is in, or the next one. */
  void wake() {
    running.wake();
  }

  /** Ends the thread, and waits for it for two seconds at most. */
  @Override
  public void close() {
    running.end();
    thread.interrupt();
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
