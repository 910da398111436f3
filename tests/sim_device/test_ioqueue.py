# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from sim.device.clock import Clock
from sim.device.ioqueue import Deadlock, Livelock, VirtualQueue
from sim.device.waitable import POLLIN, POLLOUT, Waitable


class Task:
    data = None


class TaskQueue:
    """Ready tasks only: what the queue under test pushes."""

    def __init__(self):
        self.tasks = []

    def push(self, task):
        self.tasks.append(task)

    def peek(self):
        return self.tasks[0] if self.tasks else None


class Core:
    """As much of asyncio.core as the queue touches."""

    def __init__(self):
        self._task_queue = TaskQueue()
        self.cur_task = None


class Stream(Waitable):
    events = 0

    def ready(self, flags):
        return flags & self.events or (8 if self.events & 8 else 0)


class TestVirtualQueue(unittest.TestCase):
    def setUp(self):
        self.clock, self.core = Clock(500, 0), Core()
        self.queue = VirtualQueue(self.core, self.clock, 0)
        self.stream = Stream()

    def wait_for(self, queue_it, stream):
        self.core.cur_task = task = Task()
        queue_it(stream)
        return task

    def woken(self):
        tasks, self.core._task_queue.tasks = self.core._task_queue.tasks, []
        return tasks

    def test_time_jumps_to_the_next_timer_or_alarm(self):
        self.core._task_queue.push(Task())
        self.clock.at(5_300, lambda: None)
        moments = []
        for dt_ms in (3, 3, 3):
            self.queue.wait_io_event(dt_ms)
            moments.append(self.clock.now_us)
        self.assertEqual(moments, [3_500, 5_300, 7_500])  # timers at whole milliseconds of uptime

    def test_looking_does_not_move_time(self):
        self.queue.wait_io_event(0)
        self.assertEqual(self.clock.now_us, 500)

    def test_a_stream_wakes_who_waits_for_it(self):
        reader = self.wait_for(self.queue.queue_read, self.stream)
        writer = self.wait_for(self.queue.queue_write, self.stream)
        self.stream.events = POLLOUT
        self.queue.wait_io_event(0)
        self.assertEqual((self.woken(), len(self.queue.map)), ([writer], 1))
        self.stream.events = POLLIN
        self.queue.wait_io_event(0)
        self.assertEqual((self.woken(), self.queue.map), ([reader], []))

    def test_an_error_wakes_both_ends(self):
        tasks = [self.wait_for(self.queue.queue_read, self.stream), self.wait_for(self.queue.queue_write, self.stream)]
        self.stream.events = 8
        self.queue.wait_io_event(0)
        self.assertEqual(self.woken(), tasks)

    def test_streams_wake_in_the_order_they_were_waited_for(self):
        streams = [Stream() for _ in range(8)]
        tasks = [self.wait_for(self.queue.queue_read, stream) for stream in streams]
        for stream in streams:
            stream.events = POLLIN
        self.queue.wait_io_event(0)
        self.assertEqual(self.woken(), tasks)

    def test_without_a_timer_it_waits_until_somebody_is_woken(self):
        task = self.wait_for(self.queue.queue_read, self.stream)
        self.clock.at(10_000, lambda: None)

        def arrive():
            self.stream.events = POLLIN

        self.clock.at(20_000, arrive)
        self.queue.wait_io_event(-1)
        self.assertEqual((self.woken(), self.clock.now_us), ([task], 20_000))

    def test_a_cancelled_task_is_forgotten(self):
        task = self.wait_for(self.queue.queue_read, self.stream)
        self.wait_for(self.queue.queue_write, self.stream)
        task.data.remove(task)
        self.assertEqual([entry[1] for entry in self.queue.map], [None])

    def test_deadlock(self):
        with self.assertRaises(Deadlock):
            self.queue.wait_io_event(3)

    def test_deadlock_with_a_stream_that_stays_silent(self):
        self.wait_for(self.queue.queue_read, self.stream)
        with self.assertRaises(Deadlock):
            self.queue.wait_io_event(-1)

    def test_livelock(self):
        with self.assertRaises(Livelock):
            for _ in range(300_000):
                self.queue.wait_io_event(0)


if __name__ == "__main__":
    unittest.main()
