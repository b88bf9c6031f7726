// Package pgtest starts a real PostgreSQL for tests: one throw-away cluster
// for each test binary, a fresh database for each test.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is a running PostgreSQL server that listens on a socket in its own
// folder only. Its databases do not outlive it and are not flushed to disk.
type Cluster struct {
	folder  string
	server  *exec.Cmd
	log     bytes.Buffer
	gone    chan struct{} // closed when the server has ended
	number  atomic.Int64
	prepare sync.Mutex
	ready   map[string]bool // templates
}

// Run starts a cluster, runs the tests of a binary, and removes the cluster
// again. Use it in TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Run(m, &cluster)) }
//
// Without PostgreSQL it says what to install and returns 1.
func Run(m *testing.M, cluster **Cluster) int {
	c, err := Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return 1
	}
	defer c.Stop()
	*cluster = c
	return m.Run()
}

// Start makes a new cluster in a temporary folder and waits until it answers.
func Start() (*Cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	sweep()
	folder, err := os.MkdirTemp("", fmt.Sprintf("pgtest-%d-", os.Getpid()))
	if err != nil {
		return nil, err
	}
	c := &Cluster{folder: folder, gone: make(chan struct{}), ready: map[string]bool{}}
	if err := c.start(bin); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// sweep removes what test binaries left that were killed.
func sweep() {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "pgtest-*-*"))
	if err != nil {
		return
	}
	for _, folder := range left {
		pid, err := strconv.Atoi(strings.Split(filepath.Base(folder), "-")[1])
		if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(folder)
		}
	}
}

func (c *Cluster) start(bin string) error {
	attr, err := unprivileged(c.folder)
	if err != nil {
		return err
	}
	data := filepath.Join(c.folder, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata="+data, "--username=assay", "--auth=trust",
		"--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C")
	initdb.SysProcAttr, initdb.Dir, initdb.Env = attr, c.folder, environment(c.folder)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	c.server = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", c.folder, "-h", "",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB",
		"-c", "deadlock_timeout=100ms")
	c.server.SysProcAttr, c.server.Dir, c.server.Env = attr, c.folder, environment(c.folder)
	c.server.Stdout, c.server.Stderr = &c.log, &c.log
	if err := c.launch(); err != nil {
		c.server = nil
		return fmt.Errorf("start postgres: %w", err)
	}
	return c.await()
}

// launch starts the server from a thread that lives as long as the server:
// the kernel ends a child when the thread that made it ends.
func (c *Cluster) launch() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer close(c.gone)
		err := c.server.Start()
		started <- err
		if err == nil {
			_ = c.server.Wait() // how it ended is in its log
		}
	}()
	return <-started
}

// programs is the folder of initdb and postgres.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), "postgres")); err == nil {
				return filepath.Dir(path), nil
			}
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed: install the package postgresql (Debian, Fedora: postgresql-server), or put initdb and postgres on the PATH")
	}
	sort.Slice(found, func(i, j int) bool { return version(found[i]) < version(found[j]) })
	return filepath.Dir(found[len(found)-1]), nil
}

// version is the 15 in /usr/lib/postgresql/15/bin/initdb.
func version(initdb string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	if err != nil {
		return 0
	}
	return n
}

// unprivileged gives the folder to a user who is not root, because PostgreSQL
// refuses to be run by root, and returns how to run as that user. The server
// is ended by the kernel when the test binary dies, however it dies.
func unprivileged(folder string) (*syscall.SysProcAttr, error) {
	attr := dieWithParent()
	if os.Getuid() != 0 {
		return attr, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attr, os.Chown(folder, int(uid), int(gid))
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as")
}

// environment keeps PG* variables and locales of the outside out.
func environment(folder string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "LC_ALL=C", "TZ=UTC"}
}

// await waits until the server answers.
func (c *Cluster) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		db, err := pgx.Connect(ctx, c.address("postgres"))
		if err == nil {
			return db.Close(ctx)
		}
		select {
		case <-c.gone:
			return fmt.Errorf("postgres ended as it began:\n%s", c.log.String())
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (c *Cluster) address(database string) string {
	return fmt.Sprintf("postgres://assay@/%s?host=%s", database, c.folder)
}

// Stop ends the server and removes the cluster.
func (c *Cluster) Stop() {
	if c.server != nil {
		_ = c.server.Process.Signal(syscall.SIGQUIT) // at once: nothing here is worth saving
		select {
		case <-c.gone:
		case <-time.After(10 * time.Second):
			_ = c.server.Process.Kill()
			<-c.gone
		}
	}
	_ = os.RemoveAll(c.folder)
}

// Database makes a fresh, empty database and returns its address. It is
// dropped when the test ends.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	return c.create(t, fmt.Sprintf("test%d", c.number.Add(1)), "template0")
}

// Copy makes a database as prepare leaves it. Prepare runs once for a name and
// fills a template, of which every call gets a copy of its own.
func (c *Cluster) Copy(t testing.TB, name string, prepare func(address string) error) string {
	t.Helper()
	c.prepare.Lock()
	defer c.prepare.Unlock() // a template cannot be copied twice at once
	template := "template_" + name
	if !c.ready[name] {
		if err := c.exec(fmt.Sprintf("CREATE DATABASE %s TEMPLATE template0", template)); err != nil {
			t.Fatal(err)
		}
		if err := prepare(c.address(template)); err != nil {
			t.Fatal(err)
		}
		c.ready[name] = true
	}
	return c.create(t, fmt.Sprintf("test%d", c.number.Add(1)), template)
}

func (c *Cluster) create(t testing.TB, name, template string) string {
	t.Helper()
	if err := c.exec(fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, template)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.exec(fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name)); err != nil {
			t.Error(err)
		}
	})
	return c.address(name)
}

func (c *Cluster) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	db, err := pgx.Connect(ctx, c.address("postgres"))
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	if _, err := db.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
