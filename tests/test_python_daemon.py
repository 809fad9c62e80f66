"""Spark's Python daemon as a local session has it."""

from __future__ import annotations

import socket
import sys

import pytest

from lakesift.spark.worker_daemon import acknowledging


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told to acknowledge at once")
def test_a_task_begins_on_a_connection_that_acknowledges_at_once() -> None:
    def work(connection: socket.socket, authenticated: bool) -> int:
        assert authenticated
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK)

    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        assert work(connection, True) == 0
        assert acknowledging(work)(connection, True) == 1
