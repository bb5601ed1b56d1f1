package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// damaged names a resource that is not what was signed.
type damaged struct{ path, why string }

func (d damaged) Error() string { return d.path + " is damaged: " + d.why }

// damagedOrMissing turns an error of reading into a plain sentence.
func damagedOrMissing(path string, err error) error {
	if errors.Is(err, errMissing) {
		return fmt.Errorf("%s is missing", path)
	}
	return err
}

// openCheckpoint verifies the checkpoint's note signature. The log's cosignature is of a type that this code does not know, and passes it by.
func openCheckpoint(log source, vkey string) (origin string, tree tlog.Tree, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return "", tree, fmt.Errorf("the verifier key cannot be read: %w", err)
	}
	message, err := log.read("checkpoint")
	if err != nil {
		return "", tree, damagedOrMissing("checkpoint", err)
	}
	signed, err := note.Open(message, note.VerifierList(verifier))
	if err != nil {
		return "", tree, damaged{"checkpoint", err.Error()}
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return "", tree, damaged{"checkpoint", "it is not origin, size and root of this log"}
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return "", tree, damaged{"checkpoint", "its size is not a plain number"}
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return "", tree, damaged{"checkpoint", "its root is not the Base 64 of 32 bytes"}
	}
	tree.N = size
	copy(tree.Hash[:], root)
	return lines[0], tree, nil
}

// derived holds every hash of the tree, made anew from the entries.
type derived []tlog.Hash

func (d derived) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(d)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		hashes[i] = d[index]
	}
	return hashes, nil
}

// leafTiles are the tiles of level 0, which name the bundles as well.
func leafTiles(size int64) []tlog.Tile {
	var leaves []tlog.Tile
	for _, tile := range tlog.NewTiles(tileHeight, 0, size) {
		if tile.L == 0 {
			leaves = append(leaves, tile)
		}
	}
	return leaves
}

// checkLog derives the whole tree from the entries and compares it with the checkpoint and with every tile.
func checkLog(log source, tree tlog.Tree) error {
	var hashes derived
	for _, tile := range leafTiles(tree.N) {
		entries, err := readBundle(log, tile)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			more, err := tlog.StoredHashes(tile.N<<tileHeight+int64(i), entry, hashes)
			if err != nil {
				return err
			}
			hashes = append(hashes, more...)
		}
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return wrongEntry(log, tree, hashes)
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, tree.N) {
		stored, err := log.read(tilePath(tile))
		if err != nil {
			return damagedOrMissing(tilePath(tile), err)
		}
		right, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return err
		}
		if !bytes.Equal(stored, right) {
			return damaged{tilePath(tile), "the entries hash to something else, and they hash to the root that was signed"}
		}
	}
	return nil
}

// wrongEntry finds the entry that is not the one that was signed: tiles that hash to the root tell what it should be.
func wrongEntry(log source, tree tlog.Tree, hashes derived) error {
	signed := tlog.TileHashReader(tree, tiles{log})
	for _, tile := range leafTiles(tree.N) {
		first := tile.N << tileHeight
		indexes := make([]int64, tile.W)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
		}
		right, err := signed.ReadHashes(indexes)
		if err != nil {
			return fmt.Errorf("neither the entries nor the tiles hash to the root that was signed: %w", err)
		}
		for i, index := range indexes {
			if right[i] != hashes[index] {
				return damaged{bundlePath(tile), fmt.Sprintf("entry %d is not the one that was signed", first+int64(i))}
			}
		}
	}
	return damaged{"checkpoint", "it was signed over another tree"}
}

// readBundle reads the entries below a tile of level 0: each behind its length in two bytes, big-endian.
func readBundle(log source, tile tlog.Tile) ([][]byte, error) {
	path := bundlePath(tile)
	data, err := log.read(path)
	if err != nil {
		return nil, damagedOrMissing(path, err)
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, damaged{path, "it ends within an entry"}
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(entries) != tile.W {
		return nil, damaged{path, fmt.Sprintf("it has %d entries instead of %d", len(entries), tile.W)}
	}
	return entries, nil
}

// checkLeaf proves that an entry stands at an index, from the tiles, under the root.
func checkLeaf(log source, tree tlog.Tree, index int64, entry []byte) error {
	if index < 0 || index >= tree.N {
		return fmt.Errorf("leaf %d is not in the log: it has %d", index, tree.N)
	}
	proof, err := tlog.ProveRecord(tree.N, index, tlog.TileHashReader(tree, tiles{log}))
	if err != nil {
		return err
	}
	if tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)) != nil {
		return fmt.Errorf("leaf %d is another entry than the one expected", index)
	}
	return nil
}
