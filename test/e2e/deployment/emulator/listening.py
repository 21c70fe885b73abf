"""The server listens on the gateway's port of the loopback interface and nowhere else.

With USE_SSL MiniStack also takes port 443 where it may; IoT, SFTP and databases have listeners of their own.
"""
import socket

NEEDS = {"ministack.app": ("_resolve_port",)}


def install() -> None:
    from ministack.app import _resolve_port

    gateway = ("127.0.0.1", int(_resolve_port()))
    bind = socket.socket.bind

    def only_the_gateway(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and tuple(address[:2]) != gateway:
            # An OSError is what MiniStack expects of port 443.
            raise PermissionError(f"only {gateway} may be bound here, not {address}")
        return bind(self, address)

    socket.socket.bind = only_the_gateway
