//go:build unix

package ocr

import (
	"os/exec"
	"syscall"
)

// alone puts the process into a group of its own, which is killed as a whole:
// no child survives the deadline.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
