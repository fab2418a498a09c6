package peer

import (
	"fmt"
	"net"
	"syscall"
)

// UID asks the kernel which user the process at the other end had when it connected.
func UID(conn *net.UnixConn) (uint32, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("cellseal/keyservice: Unix socket: %w", err)
	}
	var cred *syscall.Ucred
	var got error
	err = raw.Control(func(fd uintptr) {
		cred, got = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err == nil {
		err = got
	}
	if err != nil {
		return 0, fmt.Errorf("cellseal/keyservice: SO_PEERCRED: %w", err)
	}
	return cred.Uid, nil
}
