<?php

declare(strict_types=1);

namespace UserCom;

use UserCom\Internal\Handle;
use UserCom\Internal\Library;

/**
 * Stops runs that were given it, now and later, from a signal handler for example. They end within 6 s with
 * {@see Error\Cancelled}, whose report says what was confirmed until then.
 */
final class Cancel
{
    private readonly Handle $handle;

    /** @throws Error\LibraryUnavailable */
    public function __construct()
    {
        $this->handle = Handle::make('uc_cancel_new', 'uc_cancel_free');
    }

    /** Asks every run with this object to stop. There is no way back: make another object for other runs. */
    public function request(): void
    {
        Library::get()->uc_cancel_request($this->handle->pointer);
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }

    private function __clone()
    {
    }
}
