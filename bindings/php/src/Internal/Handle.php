<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Error\InternalError;

/**
 * A pointer of the native library that is freed once, with the object.
 *
 * @internal
 */
final class Handle
{
    private readonly \FFI $ffi;

    /** @param string $free the function that frees it */
    public function __construct(public readonly \FFI\CData $pointer, private readonly string $free)
    {
        $this->ffi = Library::get();
    }

    /** What a `_new` function gave, which is NULL when there is no memory. */
    public static function make(string $new, string $free): self
    {
        return new self(Library::get()->$new() ?? throw new InternalError('usercom: out of memory'), $free);
    }

    public function __destruct()
    {
        $this->ffi->{$this->free}($this->pointer);
    }

    private function __clone()
    {
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return [];
    }
}
