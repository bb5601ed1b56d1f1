// Command independent-checker checks a whole transparency log with nothing of Tidings: the checkpoint's signature, every tile and every entry, by the code
// behind the Go checksum database.
//
//	independent-checker -vkey KEY [-leaves FILE] FOLDER|URL
//
// FILE has lines "<index> <base64 of the entry>" that the log must hold. It prints one sentence. Exit code 0: in order; 1: not what was signed; 2: not checked.
package main

import (
	"bufio"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	vkey := flag.String("vkey", "", "the log's pinned verifier key, name+hash+base64")
	leaves := flag.String("leaves", "", "file with entries that the log must hold")
	flag.Parse()
	if *vkey == "" || flag.NArg() != 1 {
		end(2, "usage: independent-checker -vkey KEY [-leaves FILE] FOLDER|URL")
	}
	var log source = folder(flag.Arg(0))
	if strings.HasPrefix(flag.Arg(0), "http://") || strings.HasPrefix(flag.Arg(0), "https://") {
		log = address(flag.Arg(0))
	}
	origin, tree, err := openCheckpoint(log, *vkey)
	if err != nil {
		end(1, err.Error())
	}
	if err := checkLog(log, tree); err != nil {
		end(1, err.Error())
	}
	found, err := checkLeaves(log, tree, *leaves)
	if err != nil {
		end(1, err.Error())
	}
	end(0, fmt.Sprintf("%s is in order: %d entries, root %s, %d expected entries found", origin, tree.N, tree.Hash, found))
}

func checkLeaves(log source, tree tlog.Tree, file string) (int, error) {
	if file == "" {
		return 0, nil
	}
	opened, err := os.Open(file)
	if err != nil {
		end(2, err.Error())
	}
	defer opened.Close()
	found := 0
	for lines := bufio.NewScanner(opened); lines.Scan(); found++ {
		indexText, entryText, _ := strings.Cut(lines.Text(), " ")
		index, err := strconv.ParseInt(indexText, 10, 64)
		entry, err2 := base64.StdEncoding.DecodeString(entryText)
		if err != nil || err2 != nil {
			end(2, fmt.Sprintf("%s line %d is not an index and an entry", file, found+1))
		}
		if err := checkLeaf(log, tree, index, entry); err != nil {
			return found, err
		}
	}
	return found, nil
}

func end(code int, sentence string) {
	fmt.Println(sentence)
	os.Exit(code)
}
