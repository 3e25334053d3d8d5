<?php

declare(strict_types=1);

namespace UserCom\Tests;

/** A file that is removed with the object. */
final class TempFile
{
    public readonly string $path;

    public function __construct(string $content)
    {
        $this->path = (string) tempnam(sys_get_temp_dir(), 'usercom-php-');
        file_put_contents($this->path, $content);
    }

    public function __destruct()
    {
        unlink($this->path);
    }
}
