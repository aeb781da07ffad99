// Verifies a published log with the Go project's own packages: sumdb PREFIX VKEY [SIZE1 ROOT1].
//
// note opens the checkpoint, tlog reads the tiles, proves records and checks the proofs. With an earlier size and root
// (base64) the log must be consistent with them. Prints "ok SIZE ROOT".
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	prefix := args[0]
	verifier, err := note.NewVerifier(args[1])
	if err != nil {
		return err
	}
	signed, err := get(prefix + "/checkpoint")
	if err != nil {
		return err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		return fmt.Errorf("origin %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return err
	}
	// the reader authenticates every tile against the root before it answers
	hashes := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{prefix, map[string][]byte{}})
	if got, err := tlog.TreeHash(size, hashes); err != nil || got != root {
		return fmt.Errorf("root from tiles: %v %v", got, err)
	}
	for start := int64(0); start < size; start += 256 {
		if err := bundle(prefix, start, size, root, hashes); err != nil {
			return err
		}
	}
	if len(args) == 4 {
		if err := consistent(args[2], args[3], size, root, hashes); err != nil {
			return err
		}
	}
	fmt.Println("ok", size, root)
	return nil
}

func bundle(prefix string, start, size int64, root tlog.Hash, hashes tlog.HashReader) error {
	width := min(size-start, 256)
	data, err := get(prefix + "/" + path(tlog.Tile{H: 8, L: 0, N: start / 256, W: int(width)}, "entries"))
	if err != nil {
		return err
	}
	for id := start; id < start+width; id++ {
		length := 2 + int(binary.BigEndian.Uint16(data))
		entry := data[2:length]
		data = data[length:]
		proof, err := tlog.ProveRecord(size, id, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, size, root, id, tlog.RecordHash(entry)); err != nil {
			return fmt.Errorf("entry %d: %w", id, err)
		}
	}
	if len(data) != 0 {
		return fmt.Errorf("bundle at %d: %d bytes too many", start, len(data))
	}
	return nil
}

func consistent(size1, root1 string, size int64, root tlog.Hash, hashes tlog.HashReader) error {
	n, err := strconv.ParseInt(size1, 10, 64)
	if err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(root1)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(size, n, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, size, root, n, tlog.Hash(raw))
}

// tiles fetches each tile once.
type tiles struct {
	prefix string
	seen   map[string][]byte
}

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		url := t.prefix + "/" + path(tile, strconv.Itoa(tile.L))
		if _, ok := t.seen[url]; !ok {
			data, err := get(url)
			if err != nil {
				return nil, err
			}
			t.seen[url] = data
		}
		found = append(found, t.seen[url])
	}
	return found, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// path is the tile's in tlog-tiles, which names no height.
func path(tile tlog.Tile, level string) string {
	old := fmt.Sprintf("tile/%d/%d/", tile.H, tile.L)
	return "tile/" + level + "/" + strings.TrimPrefix(tile.Path(), old)
}

func get(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
