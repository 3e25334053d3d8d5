<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * An array of C strings: one block of text, and the address of each string in it.
 *
 * @internal
 */
final class Texts
{
    public readonly int $count;
    /** The argument for C; null for an empty list. */
    public readonly ?\FFI\CData $pointer;
    /** What the pointer points to. */
    private readonly ?\FFI\CData $addresses;
    private readonly ?\FFI\CData $block;

    /** @param list<string> $texts without NUL bytes */
    public function __construct(array $texts)
    {
        $this->count = \count($texts);
        if ($this->count === 0) {
            $this->pointer = $this->addresses = $this->block = null;

            return;
        }
        $ffi = Library::get();
        $joined = implode("\0", $texts) . "\0";
        $size = \strlen($joined);
        $this->block = $ffi->new("char[$size]");
        \FFI::memcpy($this->block, $joined, $size);
        // Addresses as integers: making a million pointer objects would take ten times as long.
        $this->addresses = $ffi->new("intptr_t[$this->count]");
        $addresses = $this->addresses;
        $at = $ffi->cast('intptr_t', \FFI::addr($this->block))->cdata;
        foreach ($texts as $position => $text) {
            $addresses[$position] = $at;
            $at += \strlen($text) + 1;
        }
        $this->pointer = $ffi->cast('char **', \FFI::addr($addresses));
    }

    /**
     * Dumps would show the memory element by element.
     *
     * @return array<string, mixed>
     */
    public function __debugInfo(): array
    {
        return ['count' => $this->count];
    }
}
