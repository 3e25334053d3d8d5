<?php

// Writes usercom.cdef.h, which FFI::cdef() can read, from include/usercom.h: without comments and directives.
// Usage: php bindings/php/bin/make-cdef.php [--check]     (--check: fail when the file is not up to date)

declare(strict_types=1);

const HEADER = __DIR__ . '/../../../include/usercom.h';
const CDEF = __DIR__ . '/../usercom.cdef.h';

/** The declarations of a C header; a `#define` of a number becomes an enum constant. */
function cdef(string $header): string
{
    $header = preg_replace('~/\*.*?\*/|//[^\n]*~s', '', $header);
    $header = preg_replace('~^#ifdef __cplusplus\s*\n.*?^#endif[^\n]*$~ms', '', $header);
    $header = preg_replace('~^#define (\w+) (\d+)\s*$~m', 'enum { $1 = $2 };', $header);
    $header = preg_replace('~^#.*$~m', '', $header);
    $header = preg_replace('~[ \t]+$~m', '', $header);

    return "/* Generated from include/usercom.h by bin/make-cdef.php; do not edit. */\n"
        . trim(preg_replace('~\n{2,}~', "\n", $header)) . "\n";
}

$header = file_get_contents(HEADER);
if ($header === false) {
    fwrite(STDERR, "make-cdef: there is no include/usercom.h; this script is for a clone of the repository\n");
    exit(2);
}
$wanted = cdef($header);
if (in_array('--check', $argv, true)) {
    if (@file_get_contents(CDEF) !== $wanted) {
        fwrite(STDERR, "usercom.cdef.h is not what include/usercom.h says; run: php bindings/php/bin/make-cdef.php\n");
        exit(1);
    }
    exit(0);
}
file_put_contents(CDEF, $wanted);
