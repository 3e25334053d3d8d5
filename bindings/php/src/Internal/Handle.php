<?php

declare(strict_types=1);

namespace UserCom\Internal;

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

    /** What a `_new` function returns, which is never NULL. */
    public static function make(string $new, string $free): self
    {
        return new self(Library::get()->$new(), $free);
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
